import { setMaxListeners } from "node:events";
import { FakeClock } from "@trafmon/runtime";
import { expect, test } from "vitest";
import { ByteGate } from "./byte-gate.ts";
import { Mix, type MixParts } from "./mix.ts";
import { MIX_SCENARIOS, type MixScenario } from "./mix-scenario.ts";
import { mixReportText } from "./mix-text.ts";

const OFFICE = MIX_SCENARIOS.find(({ name }) => name === "office")!;

async function played(
  players: MixParts["players"],
  { seed = 1, seconds = 60, scenario = OFFICE }: { seed?: number; seconds?: number; scenario?: MixScenario } = {},
) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const cut = new AbortController();
  const gate = new ByteGate(clock, scenario.mostBitsPerS);
  const mix = new Mix({ scenario, players, gate, seed, clock, stopping: stop.signal, cutting: cut.signal });
  const running = mix.run();
  await clock.run(seconds * 1000);
  stop.abort();
  await clock.run(1000);
  cut.abort();
  await clock.run(1000);
  await running;
  expect(clock.pendingTimers).toBe(0);
  return mix.tally;
}

test("the same seed draws the same exchanges, another draws others", async () => {
  const draw = async (seed: number) => {
    const drawn: number[] = [];
    await played({ dns: async (random) => ({ bytes: drawn.push(random.u32()), trouble: null }) }, { seed });
    return drawn;
  };
  const first = await draw(7);
  expect(await draw(7)).toEqual(first);
  expect(await draw(8)).not.toEqual(first);
});

test("each kind comes as often as the scenario says, and only those that have a player", async () => {
  const good = async () => ({ bytes: 100, trouble: null });
  const tally = await played({ ping: good, dns: good, ftp: good }, { seconds: 1000 });
  const begun = Object.fromEntries(tally.kinds.map(([kind, count]) => [kind, count.begun]));
  expect(Object.keys(begun)).toEqual(["ping", "dns", "ftp"]);
  // Four standard deviations of a Poisson count.
  for (const [kind, mean] of [
    ["ping", 1000],
    ["dns", 8000],
    ["ftp", 100],
  ] as const)
    expect(Math.abs(begun[kind]! - mean)).toBeLessThan(4 * Math.sqrt(mean));
});

test("a server that does not answer is counted with its reasons, and asked again", async () => {
  let times = 0;
  const dead = async () => ({ bytes: 10, trouble: ++times % 3 === 0 ? "ECONNREFUSED" : "no reply" });
  const tally = await played({ snmp: dead }, { seconds: 100 });
  const count = tally.of("snmp");
  expect(count).toMatchObject({ begun: times, answered: 0, failed: times, stopped: 0, skipped: 0 });
  expect(times).toBeGreaterThan(100);
  expect([...count.troubles.values()].reduce((a, b) => a + b)).toBe(times);
  expect(mixReportText(tally, 100_000)).toContain(`x no reply\n        ${Math.floor(times / 3)} x ECONNREFUSED`);
});

test("reasons without end are counted together beyond twenty", async () => {
  let times = 0;
  const tally = await played({ dns: async () => ({ bytes: 0, trouble: `reason ${times++}` }) });
  expect(tally.of("dns").troubles.size).toBe(21);
  expect(tally.of("dns").troubles.get("other reasons")).toBe(times - 20);
});

test("exchanges that never end are not heaped up, and are broken off at the end", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const cut = new AbortController();
  setMaxListeners(0, cut.signal);
  const gate = new ByteGate(clock, 1e9);
  const stuck = () =>
    new Promise<{ bytes: number; trouble: string }>((resolve) =>
      cut.signal.addEventListener("abort", () => resolve({ bytes: 0, trouble: "stopped" })),
    );
  const mix = new Mix({
    scenario: OFFICE,
    players: { http: stuck },
    gate,
    seed: 1,
    clock,
    stopping: stop.signal,
    cutting: cut.signal,
  });
  const running = mix.run();
  await clock.run(100_000);
  const count = mix.tally.of("http");
  expect(count.begun).toBe(64);
  expect(count.skipped).toBeGreaterThan(300);
  stop.abort();
  cut.abort();
  await running;
  expect(count).toMatchObject({ begun: 64, answered: 0, failed: 0, stopped: 64 });
});

test("what a player throws, which is our own fault, ends the run", async () => {
  const clock = new FakeClock();
  const gate = new ByteGate(clock, 1e9);
  const signal = new AbortController().signal;
  const fault = async () => {
    throw new Error("fault of ours");
  };
  const mix = new Mix({
    scenario: OFFICE,
    players: { dns: fault },
    gate,
    seed: 1,
    clock,
    stopping: signal,
    cutting: signal,
  });
  const running = expect(mix.run()).rejects.toThrow("fault of ours");
  await clock.run(10_000);
  await running;
});

test("every scenario has rates below its limits", () => {
  for (const { name, perS, mostPerS, mostBitsPerS, uploads, uploadBytes } of MIX_SCENARIOS) {
    const sum = Object.values(perS).reduce((a, b) => a + b);
    expect([name, sum < mostPerS]).toEqual([name, true]);
    const meanUpload = (uploads * (uploadBytes.from + uploadBytes.to)) / 2;
    expect([name, perS.ftp * meanUpload * 8 < mostBitsPerS]).toEqual([name, true]);
  }
});
