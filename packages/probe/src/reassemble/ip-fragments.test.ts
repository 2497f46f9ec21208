import { FLAG_FRAGMENT, FLAG_IPV6, FLAG_MORE, FLAG_PORTS, FLAG_TRANSPORT } from "@trafmon/packet";
import { expect, test } from "vitest";
import { Analysis } from "../analysis/analysis.ts";
import { analysed, fewServices } from "../testing/analysed.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass } from "../testing/analysis-settings.ts";
import { KeptObservations } from "../testing/kept-observations.ts";
import { type PacketFields, packetRecord } from "../testing/packet-record-builder.ts";

const first: PacketFields = {
  s: 1000,
  protocol: 17,
  sourcePort: 5000,
  destinationPort: 53,
  identification: 7,
  ipBytes: 1500,
  payloadBytes: 2972,
  flags: FLAG_FRAGMENT | FLAG_MORE | FLAG_TRANSPORT | FLAG_PORTS,
};
const later: PacketFields = {
  ...first,
  sourcePort: 0,
  destinationPort: 0,
  fragmentOffset: 1480,
  ipBytes: 1520,
  flags: FLAG_FRAGMENT,
};
const other: PacketFields = {
  ...first,
  flags: FLAG_TRANSPORT | FLAG_PORTS,
  sourcePort: 9,
  destinationPort: 9,
  ipBytes: 60,
  s: 1001,
};
const classes = [flowClass({ measure: ALL_MEASUREMENTS })];

/** Ports, packets and bytes of each flow. */
function flowsOf(packets: readonly PacketFields[], limits = {}) {
  const kept = analysed(packets, classes, limits);
  return kept.of("flow").map(({ flow_id, fwd_port, rev_port, service }) => {
    const counters = kept.of("ipct").filter((each) => each.flow_id === flow_id);
    return {
      ports: [fwd_port, rev_port],
      service,
      packets: counters.reduce((sum, each) => sum + each.fwd_packets + each.rev_packets, 0),
      bytes: counters.reduce((sum, each) => sum + each.fwd_bytes + each.rev_bytes, 0),
    };
  });
}

const whole = { ports: [5000, 53], service: "dns", packets: 2, bytes: 3020 };

test("a later fragment belongs to the flow of its datagram's first, in whichever order they come", () => {
  expect(flowsOf([first, later])).toEqual([whole]);
  expect(flowsOf([later, first])).toEqual([whole]);
});

test("what is held is not told as written, until it is", () => {
  const kept = new KeptObservations();
  const analysis = new Analysis(analysisSettings(classes), { sink: kept, serviceOf: fewServices });
  const give = (fields: PacketFields) => {
    const words = packetRecord(fields);
    analysis.consume(words, 0, words.length);
  };
  give(later);
  give({ ...other, s: 1010 });
  // Packets may come late by `lateness`, 2 s.
  expect([kept.advancedToS, kept.heldS]).toEqual([1008, 998]);
  give({ ...first, s: 1010 });
  give({ ...other, s: 1011 });
  expect([kept.advancedToS, kept.heldS]).toEqual([1009, Number.POSITIVE_INFINITY]);
});

test("a fragmented datagram counts once as a datagram, its fragments as fragments", () => {
  const kept = analysed([later, first], classes);
  expect(kept.sum("ipct", "fwd_fragments")).toBe(2);
  expect(kept.sum("udpct", "fwd_datagrams")).toBe(1);
  expect(kept.sum("udpct", "fwd_payload_bytes")).toBe(2972);
});

test("datagrams are told apart by identification, protocol, addresses and interface, in IPv6 not by protocol", () => {
  const lone = (more: Partial<PacketFields>) => flowsOf([{ ...first }, { ...later, ...more }]).length;
  expect(lone({ identification: 8 })).toBe(2);
  expect(lone({ protocol: 6 })).toBe(2);
  expect(lone({ interface: 1 })).toBe(2);
  const v6 = { source: new Uint8Array(16).fill(1), destination: new Uint8Array(16).fill(2) };
  const fields = (packet: PacketFields) => ({ ...packet, ...v6, flags: packet.flags! | FLAG_IPV6 });
  // The later fragment's next header may be the destination options that come before UDP.
  expect(flowsOf([{ ...fields(later), protocol: 60 }, fields(first)])).toEqual([whole]);
});

test("without its first fragment, it counts without ports when its time is over, in the interval of its own timestamp", () => {
  const kept = analysed([later, { ...other, s: 1200 }, { ...other, s: 1201 }], classes, { maxStepS: 1000 });
  const [flow] = kept.of("flow").filter(({ fwd_port }) => fwd_port === null);
  expect(flow!.service).toBeNull();
  const [counters] = kept.of("ipct").filter(({ flow_id }) => flow_id === flow!.flow_id);
  expect(counters).toMatchObject({ interval_start_s: 960, fwd_packets: 1, fwd_bytes: 1520 });
  expect(kept.of("event")).toMatchObject([{ code: "fragments_unresolved", parameters: '{"timeout":1}' }]);
});

test("a spray of fragments is held within bounds, and every one is counted", () => {
  const spray = Array.from({ length: 50 }, (_, index) => ({ ...later, identification: 100 + index }));
  const kept = analysed([...spray, first, later, other], classes, { maxFragments: 3 });
  expect(kept.sum("ipct", "fwd_packets")).toBe(53);
  expect(JSON.parse(kept.of("event")[0]!.parameters).limit).toBeGreaterThanOrEqual(47);
});

test("overlapping fragments of IPv4 raise an event, and the first copy wins", () => {
  const other = { ...first, sourcePort: 6000, destinationPort: 80, ipBytes: 100 };
  const kept = analysed([first, other, { ...later, fragmentOffset: 1472 }, later], classes);
  expect(JSON.parse(kept.of("event")[0]!.parameters)).toEqual({ ipv4: 3 });
  expect(kept.of("event")[0]!.code).toBe("fragments_overlap");
  // The second first fragment tells no ports: it counts as a packet, and in no flow of ports 6000 and 80.
  expect(kept.of("flow").map(({ fwd_port, rev_port }) => [fwd_port, rev_port])).toEqual([
    [5000, 53],
    [null, null],
  ]);
  expect(kept.sum("ipct", "fwd_packets")).toBe(4);
  expect(kept.sum("udpct", "fwd_datagrams")).toBe(1);
});

test("repeats of fragments do not overlap, nor do neighbours", () => {
  const last = { ...later, fragmentOffset: 2976, ipBytes: 60 };
  const middle = { ...later, ipBytes: 1516, fragmentOffset: 1480, flags: FLAG_FRAGMENT | FLAG_MORE };
  const kept = analysed([first, middle, last, first, middle, last], classes);
  // Another datagram of the same identification, and a shorter one.
  const reused = analysed([first, middle, last, first, { ...later, ipBytes: 100 }], classes);
  for (const each of [kept, reused]) {
    expect(each.of("event").filter(({ code }) => code === "fragments_overlap")).toEqual([]);
  }
  expect(kept.sum("ipct", "fwd_packets")).toBe(6);
});

test("an IPv6 datagram whose fragments overlap is discarded from then on, held fragments included", () => {
  const v6 = { source: new Uint8Array(16).fill(1), destination: new Uint8Array(16).fill(2) };
  const of = (packet: PacketFields) => ({ ...packet, ...v6, flags: packet.flags! | FLAG_IPV6 });
  const tiny = { ...later, fragmentOffset: 8, ipBytes: 60 };
  const kept = analysed([of(later), of({ ...tiny, fragmentOffset: 1488 }), of(first)], classes);
  expect(kept.of("event").map(({ code, parameters }) => [code, parameters])).toEqual([
    ["fragments_overlap", '{"ipv6":1}'],
  ]);
  expect(kept.of("flow").map(({ fwd_port }) => fwd_port)).toEqual([null]);
  expect(kept.sum("ipct", "fwd_packets") + kept.sum("ipct", "rev_packets")).toBe(3);
  expect(kept.sum("udpct", "fwd_datagrams") + kept.sum("udpct", "rev_datagrams")).toBe(0);
});
