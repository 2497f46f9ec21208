import { afterEach, beforeEach, expect, test } from "vitest";
import { LoaderUnderTest } from "../fixtures/loader-under-test.ts";
import { SampleLogs } from "../fixtures/sample-logs.ts";

let bench: LoaderUnderTest;
beforeEach(async () => {
  bench = await LoaderUnderTest.make();
});
afterEach(() => bench.remove());

const SINCE_S = Date.UTC(2026, 9, 1, 8, 30) / 1000;

const promised = {
  class: "web",
  since_s: SINCE_S,
  since_nanos: 123_456_789,
  objective: "fast",
  metric: "delay",
  target: 80_000_000,
  percentile: 950_000,
  protocol: "dns",
  hours: 990_000,
  samples: 20,
  measured: 950_000,
} as const;

async function objectives(): Promise<unknown[]> {
  return await bench.rows(
    `SELECT p.name AS probe, c.name AS class, CAST(o.since AS CHAR) AS since, o.objective, o.metric, o.target, o.percentile,
            o.protocol, o.from_hop, o.to_hop, o.hours, o.samples, o.measured
       FROM objective o JOIN probe_run r ON r.run_no = o.run_no JOIN probe p ON p.probe_no = r.probe_no
       JOIN flow_class c ON c.class_no = o.class_no ORDER BY probe, class, since, objective`,
  );
}

test("objectives stay as they were announced, and announcing them again changes nothing", async () => {
  const logs = new SampleLogs("p1").add("objective", promised);
  logs.add("objective", { ...promised, class: "all", objective: "", metric: "none", target: 0, protocol: null });
  logs.write(bench.path);
  expect(await bench.load()).toMatchObject({ linesLoaded: 2, linesRejected: 0 });
  const first = await objectives();
  expect(first).toMatchObject([
    { probe: "p1", class: "all", objective: "", metric: "none", protocol: null, from_hop: null },
    {
      probe: "p1",
      class: "web",
      since: "2026-10-01 08:30:00.123456",
      objective: "fast",
      metric: "delay",
      target: 80_000_000,
      percentile: 950_000,
      protocol: "dns",
      from_hop: null,
      to_hop: null,
      hours: 990_000,
      samples: 20,
      measured: 950_000,
    },
  ]);
  logs.add("objective", promised).add("objective", promised).write(bench.path);
  expect(await bench.load()).toMatchObject({ linesLoaded: 2, linesRejected: 0 });
  expect(await objectives()).toEqual(first);
});

test("another run's objectives, and those of another instant, stand beside them", async () => {
  new SampleLogs("p1").add("objective", promised).write(bench.path);
  const later = { ...promised, since_s: SINCE_S + 86_400, target: 50_000_000 };
  const latency = { ...later, objective: "near", metric: "latency", protocol: null, from_hop: 1, to_hop: 3 } as const;
  new SampleLogs("p1", "00000000000000a2").add("objective", later).add("objective", latency).write(bench.path);
  expect(await bench.load()).toMatchObject({ linesLoaded: 3, linesRejected: 0 });
  expect(await objectives()).toMatchObject([
    { objective: "fast", target: 80_000_000 },
    { objective: "fast", target: 50_000_000 },
    { objective: "near", protocol: null, from_hop: 1, to_hop: 3 },
  ]);
});
