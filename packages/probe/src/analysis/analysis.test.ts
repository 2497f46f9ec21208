import { FLAG_PORTS, FLAG_TRANSPORT, FLAGS, KIND_CLOCK, KIND_SHIFT } from "@trafmon/packet";
import type { MatchRule, ObjectiveSettings } from "@trafmon/settings";
import { describe, expect, test } from "vitest";
import { fewServices } from "../testing/analysed.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass, HOST_PAIR } from "../testing/analysis-settings.ts";
import { KeptObservations } from "../testing/kept-observations.ts";
import { type PacketFields, packetRecord } from "../testing/packet-record-builder.ts";
import { Analysis } from "./analysis.ts";

const udp: PacketFields = {
  protocol: 17,
  flags: FLAG_TRANSPORT | FLAG_PORTS,
  s: 1000,
  sourcePort: 5,
  destinationPort: 53,
};

function start(classes = [flowClass({ measure: ALL_MEASUREMENTS })]) {
  const kept = new KeptObservations();
  const analysis = new Analysis(analysisSettings(classes), { sink: kept, serviceOf: fewServices });
  return {
    kept,
    analysis,
    give: (...packets: PacketFields[]) => {
      const words = Int32Array.from(packets.flatMap((fields) => [...packetRecord(fields)]));
      analysis.consume(words, 0, words.length);
    },
  };
}

test("how the records are cut into batches changes nothing", () => {
  const packets = Array.from({ length: 100 }, (_, index) => ({
    ...udp,
    s: 1000 + 3 * index,
    sourcePort: 1 + (index % 7),
  }));
  const [together, apart] = [start(), start()];
  together.give(...packets);
  for (const packet of packets) apart.give(packet);
  together.analysis.finish();
  apart.analysis.finish();
  expect(together.kept.all).toEqual(apart.kept.all);
});

test("a clock record closes intervals without a packet", () => {
  const { kept, analysis, give } = start();
  give(udp);
  const clock = packetRecord({ s: 1021 });
  clock[FLAGS] = KIND_CLOCK << KIND_SHIFT;
  analysis.consume(clock, 0, clock.length);
  expect(kept.of("ipct")).toHaveLength(0);
  analysis.advance(1022, 0);
  expect(kept.of("ipct")).toHaveLength(1);
  expect(kept.advancedToS).toBe(1020);
});

test("another configuration closes intervals as partial deltas and gives new ids", () => {
  const { kept, analysis, give } = start();
  const segment: PacketFields = { ...udp, protocol: 6, tcpFlags: 0x10, payloadBytes: 5 };
  give(udp, segment);
  analysis.switchTo(analysisSettings([flowClass({ name: "new", partition: HOST_PAIR, measure: ALL_MEASUREMENTS })]));
  expect(kept.of("flowend").map(({ reason }) => reason)).toEqual(["switch", "switch"]);
  expect(kept.of("tcpcx")).toMatchObject([{ outcome: "open", connection_id: 1 }]);
  give(udp, { ...segment, sequence: 5 });
  analysis.finish();
  expect(kept.of("flow").map(({ flow_id, class: name }) => [flow_id, name])).toEqual([
    [1, "all"],
    [2, "all"],
    [3, "new"],
    [4, "new"],
  ]);
  expect(kept.of("ipct").map(({ interval_start_s }) => interval_start_s)).toEqual([960, 960, 960, 960]);
  expect(kept.of("tcpcx").map(({ connection_id }) => connection_id)).toEqual([1, 1]);
});

test("packets far behind the clock stay in one flow, though it looks long idle", () => {
  const { kept, analysis, give } = start();
  give({ ...udp, s: 100_000, sourcePort: 6 });
  for (let packet = 0; packet < 50; packet++) give({ ...udp, s: 1000 + packet });
  analysis.finish();
  expect(kept.of("flow")).toHaveLength(2);
  expect(kept.sum("ipct", "fwd_packets")).toBe(51);
});

test("a clock that was wrong is set back, and all goes on", () => {
  const { kept, analysis, give } = start();
  const tcp: PacketFields = { ...udp, protocol: 6, tcpFlags: 0x10, payloadBytes: 5 };
  give({ ...udp, s: 4_000_000_000 }, { ...tcp, s: 4_000_000_000 });
  const late = Array.from({ length: 3000 }, (_, index) => ({ ...udp, s: 1000 + index }));
  // In large batches and singly: the place in a batch must not matter.
  give(...late.slice(0, 1500), ...late.slice(0, 7).map(() => ({ ...tcp, s: 2499 })));
  for (const packet of late.slice(1500)) give(packet);
  expect(kept.advancedToS).toBe(3997);
  expect(kept.of("ipct").length).toBeGreaterThan(45);
  analysis.finish();
  expect(kept.sum("ipct", "fwd_packets")).toBe(3009);
  expect(kept.sum("tcpct", "fwd_packets")).toBe(8);
  expect(kept.of("event").map(({ code }) => code)).toContain("clock_set_back");
  const ids = kept.of("flow").map(({ flow_id }) => flow_id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("memory stays within the limits, whatever comes", () => {
  const limits = { maxFlows: 500, maxConnections: 500, maxFragments: 100 };
  const kept = new KeptObservations();
  const settings = analysisSettings([flowClass({ measure: ALL_MEASUREMENTS })], limits);
  const analysis = new Analysis(settings, {
    sink: { ...kept, writerOf: () => ({ write: () => {} }), advance: () => {} },
    serviceOf: fewServices,
  });
  let state = 1;
  const random = () => {
    state = Math.imul(state, 0x9e3779b1) + 0x7f4a7c15;
    return (state ^ (state >>> 15)) | 0;
  };
  const sizes: number[] = [];
  for (let round = 0; round < 6; round++) {
    for (let packet = 0; packet < 5000; packet++) {
      const words = packetRecord({
        ...udp,
        s: 1000 + round,
        protocol: packet & 1 ? 6 : 17,
        tcpFlags: random() & 0x17,
        sequence: random(),
        acknowledgement: random(),
        payloadBytes: random() & 0x3ff,
        sourcePort: random() & 0xffff,
        source: Uint8Array.of(10, random() & 0xff, random() & 0xff, random() & 0xff),
      });
      analysis.consume(words, 0, words.length);
    }
    sizes.push(analysis.figures.memoryBytes);
  }
  expect(sizes[5]).toBeLessThan(5 << 20);
  expect(sizes[5]).toBeLessThan(1.3 * sizes[1]!);
});

describe("objectives", () => {
  const objective: ObjectiveSettings = {
    name: "fast",
    metric: "delay",
    target: 80_000_000,
    percentilePpm: 950_000,
    protocol: "dns",
    hops: null,
    hoursPpm: 990_000,
    samples: 20,
    measuredPpm: 950_000,
  };
  const latency: ObjectiveSettings = { ...objective, name: "near", metric: "latency", protocol: null, hops: [1, 2] };
  const promising = (...objectives: ObjectiveSettings[]) => [flowClass({ name: "web", objectives }), flowClass()];
  const told = ({ kept }: ReturnType<typeof start>) =>
    kept.of("objective").map((each) => [each.class, each.objective, each.metric, each.target, each.since_s]);

  test("are announced with the first packet, a class without any too", () => {
    const analysing = start(promising(objective));
    expect(told(analysing)).toEqual([]);
    analysing.give(udp);
    analysing.give({ ...udp, s: 1005 });
    expect(told(analysing)).toEqual([
      ["web", "fast", "delay", 80_000_000, 1000],
      ["all", "", "none", 0, 1000],
    ]);
    expect(analysing.kept.of("objective")[0]).toMatchObject({
      percentile: 950_000,
      protocol: "dns",
      from_hop: null,
      hours: 990_000,
      samples: 20,
      measured: 950_000,
    });
  });

  test("are announced again at the instant of a switch, and when the clock is set back", () => {
    const analysing = start(promising(objective));
    analysing.give(udp, { ...udp, s: 1005 });
    analysing.analysis.switchTo(analysisSettings(promising({ ...objective, target: 90_000_000 })));
    expect(told(analysing).slice(2)).toEqual([
      ["web", "fast", "delay", 90_000_000, 1005],
      ["all", "", "none", 0, 1005],
    ]);
    for (let packet = 0; packet <= 1000; packet++) analysing.give({ ...udp, s: 10 });
    expect(told(analysing).at(-1)).toEqual(["all", "", "none", 0, 10]);
  });

  const at = (...names: string[]): MatchRule => ({ kind: "probe", names });
  const onPort: MatchRule = { kind: "port", side: "either", ranges: [{ from: 53, to: 53 }] };
  test.each<[MatchRule, number]>([
    [at("north", "south"), 1],
    [at("south"), 0],
    [{ kind: "not", rule: at("north") }, 0],
    [{ kind: "not", rule: onPort }, 1],
    [{ kind: "and", rules: [onPort, at("south")] }, 0],
    [{ kind: "and", rules: [onPort, at("north")] }, 1],
    [{ kind: "or", rules: [at("south"), at("east")] }, 0],
    [{ kind: "or", rules: [at("south"), onPort] }, 1],
  ])("of a class with the rule %o are announced where it can match", (match, count) => {
    const analysing = start([flowClass({ name: "web", match, objectives: [objective] })]);
    analysing.give(udp);
    expect(told(analysing).map(([, , metric]) => metric)).toEqual(count === 1 ? ["delay"] : ["none"]);
  });

  test("about hops are announced by the probes that watch one", () => {
    const withHops = (probe: string) =>
      flowClass({
        name: "web",
        objectives: [latency, objective],
        measure: {
          oneWay: {
            intervalS: 60,
            timeoutMs: 3000,
            silentLimitMs: 1000,
            details: "none",
            verdicts: "together",
            fields: ["payload"],
            payloadBytes: 64,
            hops: [
              { probe, interface: null },
              { probe: "south", interface: null },
            ],
            routes: [{ hops: [1, 2] }],
          },
        },
      });
    const [near, far] = [start([withHops("north")]), start([withHops("east")])];
    near.give(udp);
    far.give(udp);
    expect(told(near).map(([, name]) => name)).toEqual(["near", "fast"]);
    expect(near.kept.of("objective")[0]).toMatchObject({ from_hop: 1, to_hop: 2 });
    expect(told(far).map(([, name]) => name)).toEqual(["fast"]);
  });
});
