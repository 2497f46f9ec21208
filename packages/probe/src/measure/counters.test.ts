import { FLAG_PORTS, FLAG_TRANSPORT } from "@trafmon/packet";
import { expect, test } from "vitest";
import { analysed } from "../testing/analysed.ts";
import { ALL_MEASUREMENTS, flowClass, HOST_PAIR } from "../testing/analysis-settings.ts";
import type { PacketFields } from "../testing/packet-record-builder.ts";

const classes = [flowClass({ partition: HOST_PAIR, measure: ALL_MEASUREMENTS })];
const udp: PacketFields = { protocol: 17, flags: FLAG_TRANSPORT | FLAG_PORTS, s: 1000, payloadBytes: 20, ipBytes: 48 };
const back = { source: Uint8Array.of(10, 0, 0, 2), destination: Uint8Array.of(10, 0, 0, 1) };

test("IP counters hold packets, bytes, fragments and the first and last instant of the interval", () => {
  const packets = [
    { ...udp, s: 1000, nanos: 700 },
    { ...udp, ...back, s: 1019, nanos: 5, ipBytes: 1000 },
    { ...udp, s: 1000, nanos: 600 },
    { ...udp, s: 1019, nanos: 4 },
  ];
  expect(analysed(packets, classes).of("ipct")).toEqual([
    {
      flow_id: 1,
      interval_start_s: 960,
      interval_s: 60,
      fwd_packets: 3,
      rev_packets: 1,
      fwd_bytes: 144,
      rev_bytes: 1000,
      fwd_fragments: 0,
      rev_fragments: 0,
      fwd_duplicate_packets: 0,
      rev_duplicate_packets: 0,
      fwd_duplicate_bytes: 0,
      rev_duplicate_bytes: 0,
      first_s: 1000,
      first_nanos: 600,
      last_s: 1019,
      last_nanos: 5,
    },
  ]);
});

test("more bytes than a counter holds make a further record", () => {
  const jumbo = { ...udp, ipBytes: 0xf0000000 | 0 };
  const kept = analysed([jumbo, jumbo, jumbo], classes);
  expect(kept.of("ipct")).toHaveLength(3);
  expect(kept.sum("ipct", "fwd_bytes")).toBe(3 * 0xf0000000);
});

test("seconds after 2038 are later than those before", () => {
  const turn = 2 ** 31;
  const kept = analysed(
    [
      { ...udp, s: turn - 1 },
      { ...udp, s: turn },
      { ...udp, s: turn + 1 },
    ],
    classes,
  );
  expect(kept.of("ipct")).toMatchObject([{ interval_start_s: turn - 8, first_s: turn - 1, last_s: turn + 1 }]);
});

test("sizes fall into half-open slices, which are announced", () => {
  const sizes = [63, 64, 127, 128, 1518, 1519, 70_000];
  const kept = analysed(
    sizes.map((ipBytes) => ({ ...udp, ipBytes })),
    classes,
  );
  expect(kept.of("ipsz").map(({ slice, fwd_packets }) => [slice, fwd_packets])).toEqual([
    [0, 1],
    [1, 2],
    [2, 1],
    [5, 1],
    [6, 2],
  ]);
  expect(
    kept
      .of("slice")
      .filter(({ metric }) => metric === "ipsz")
      .map(({ slice, lower, upper }) => [slice, lower, upper]),
  ).toEqual([
    [0, 0, 64],
    [1, 64, 128],
    [2, 128, 256],
    [3, 256, 512],
    [4, 512, 1024],
    [5, 1024, 1519],
    [6, 1519, null],
  ]);
});

test("UDP counters hold datagrams, payload and those without checksum", () => {
  const kept = analysed(
    [udp, { ...udp, checksum: 0 }, { ...udp, ...back, payloadBytes: 7 }, { ...udp, flags: 0 }],
    classes,
  );
  expect(kept.of("udpct")).toMatchObject([
    {
      fwd_datagrams: 2,
      fwd_payload_bytes: 40,
      fwd_checksumless: 1,
      rev_datagrams: 1,
      rev_payload_bytes: 7,
      rev_checksumless: 0,
    },
  ]);
});

test("ICMP counters hold each type and code, however many a flood brings", () => {
  const message = (icmpType: number, icmpCode: number): PacketFields => ({
    ...udp,
    protocol: 1,
    flags: FLAG_TRANSPORT,
    icmpType,
    icmpCode,
  });
  const few = analysed([message(8, 0), { ...message(0, 0), ...back }, message(8, 0), message(3, 1)], classes);
  const rows = few.of("icmpct").map((each) => [each.icmp_type, each.icmp_code, each.fwd_packets, each.rev_packets]);
  expect(rows.sort()).toEqual([
    [0, 0, 0, 1],
    [3, 1, 1, 0],
    [8, 0, 2, 0],
  ]);
  const flood = Array.from({ length: 5000 }, (_, index) => message(index & 0xff, (index >> 8) & 0xff));
  const kept = analysed(flood, classes);
  expect(kept.sum("icmpct", "fwd_packets")).toBe(5000);
  expect(kept.sum("icmpct", "fwd_bytes")).toBe(5000 * 48);
});
