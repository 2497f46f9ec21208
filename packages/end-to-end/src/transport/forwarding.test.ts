import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { freePort } from "@trafmon/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BenchSite } from "./bench-site.ts";
import { startTransport } from "./bench-transport.ts";
import { LossyPath, mulberry32 } from "./lossy-path.ts";
import { numbersOf, writeNumbered } from "./numbered-records.ts";

/** So long a probe waits for acknowledgements at its end: what only a fault takes, not a busy machine. */
const FINISH_MS = 120_000;

let site: BenchSite;
let alive: NodeJS.Timeout;
beforeEach(() => {
  site = new BenchSite();
  alive = setInterval(() => {}, 1000);
});
afterEach(async () => {
  clearInterval(alive);
  await site.close();
});

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until a collector has forwarded every run to its end. */
async function forwarded(from: string, to: string): Promise<void> {
  const folder = join(site.stateDir(from), `forward_${to}`);
  while (!existsSync(folder) || readdirSync(folder).length > 0) await pause(50);
}

async function until(isThere: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isThere())) await pause(50);
}

async function health(collector: string) {
  const asked = request({ socketPath: site.healthSocket(collector), path: "/health" }).end();
  const [answer] = await once(asked, "response");
  let text = "";
  for await (const chunk of answer) text += chunk;
  return JSON.parse(text);
}

test("records come over two collectors to a third, through a lossy path and while it is away", async () => {
  const [s, r, c] = [await freePort(), await freePort(), await freePort()];
  const path = new LossyPath({ lost: 0.2, doubled: 0.1, corrupted: 0.05, delayMs: 10 }, 4712);
  const front = await path.open(c);
  site.configure(
    { site: s, region: r, central: c },
    { site: s },
    { site: { collector: "region", port: r }, region: { collector: "central", port: front } },
  );
  const collectors = [await site.startCollector("site"), await site.startCollector("region")];
  const { transport } = await startTransport(site.xml);
  writeNumbered(transport.sink, 1, 6000);
  // The probe is done as soon as the first has everything.
  expect(await transport.finish(FINISH_MS)).toBe(true);
  await transport.stop();
  await forwarded("site", "region");
  expect((await health("region")).forwarding).toMatchObject({ to: "central", heard_s_ago: null });
  expect((await health("region")).forwarding.waiting_pdus).toBeGreaterThan(10);
  expect((await health("region")).probes[0]).toMatchObject({ name: "p", relay: "site" });
  collectors.push(await site.startCollector("central"));
  await forwarded("region", "central");
  for (const collector of collectors) expect(await site.stop(collector)).toBe(0);
  path.close();
  expect(numbersOf(site.lines("site", "ipct"))).toEqual(upTo(6000));
  for (const type of ["ipct", "flow"])
    for (const name of ["region", "central"]) expect(site.lines(name, type)).toEqual(site.lines("site", type));
});

test("both collectors and the probe killed at any instants: the central logs are those of the site", async () => {
  const [s, c] = [await freePort(), await freePort()];
  site.configure({ site: s, central: c }, { site: s }, { site: { collector: "central", port: c } });
  const random = mulberry32(99);
  const running = { site: await site.startCollector("site"), central: await site.startCollector("central") };
  let sender = await site.startSender(1, 1_000_000);
  for (let kill = 0; kill < 6; kill++) {
    await pause(50 + random() * 400);
    const which = (["site", "central", "site", "sender"] as const)[Math.floor(random() * 4)]!;
    if (which === "sender") {
      await site.stop(sender, "SIGKILL");
      sender = await site.startSender(1, 1_000_000);
    } else {
      await site.stop(running[which], "SIGKILL");
      running[which] = await site.startCollector(which);
    }
  }
  await site.stop(sender, "SIGKILL");
  const last = await site.startSender(1, 2000);
  expect((await once(last, "exit"))[0]).toBe(0);
  await until(async () => (await health("site")).forwarding.waiting_pdus === 0);
  expect(await site.stop(running.site)).toBe(0);
  expect(await site.stop(running.central)).toBe(0);
  const byRun = (collector: string, type: string) => {
    const runs = new Map<string, string[]>();
    for (const line of site.lines(collector, type)) {
      const run = line.split("\t")[1]!;
      const lines = runs.get(run) ?? [];
      runs.set(run, lines);
      lines.push(line);
    }
    return runs;
  };
  // Runs come between each other as they can; each by itself is in order, whole and without a repeat.
  expect(byRun("site", "ipct").size).toBeGreaterThan(1);
  for (const numbers of [...byRun("site", "ipct").values()].map(numbersOf))
    expect(numbers).toEqual(upTo(numbers.length));
  for (const type of ["ipct", "flow"])
    for (const [run, lines] of byRun("site", type)) expect(byRun("central", type).get(run)).toEqual(lines);
  expect(byRun("central", "ipct").size).toBe(byRun("site", "ipct").size);
  expect(site.lines("central", "event").filter((line) => /sequences_missing|records_lost/.test(line))).toEqual([]);
});

test("a probe that sends to both has each record once at the central one, wherever it came from first", async () => {
  const [s, c] = [await freePort(), await freePort()];
  site.configure({ site: s, central: c }, { site: s, central: c }, { site: { collector: "central", port: c } });
  const { transport } = await startTransport(site.xml);
  let central = await site.startCollector("central");
  // The site's collector begins in the midst of the run, and what it never had comes from the probe.
  writeNumbered(transport.sink, 1, 2000);
  await pause(300);
  let collector = await site.startCollector("site");
  for (let n = 2001; n <= 6000; n += 200) {
    writeNumbered(transport.sink, n, 200);
    await pause(20);
    if (n === 3001) await site.stop(central, "SIGKILL");
    if (n === 4001) central = await site.startCollector("central");
    if (n === 5001) {
      await site.stop(collector, "SIGKILL");
      collector = await site.startCollector("site");
    }
  }
  expect(await transport.finish(FINISH_MS)).toBe(true);
  await transport.stop();
  await forwarded("site", "central");
  await site.stop(collector);
  await site.stop(central);
  expect(numbersOf(site.lines("central", "ipct"))).toEqual(upTo(6000));
  expect(site.lines("central", "flow")).toEqual(site.lines("site", "flow"));
});

test("what a central collector lost is asked of the probe through the site's", async () => {
  const [s, c] = [await freePort(), await freePort()];
  site.configure({ site: s, central: c }, { site: s }, { site: { collector: "central", port: c } });
  const collector = await site.startCollector("site");
  let central = await site.startCollector("central");
  const { transport } = await startTransport(site.xml);
  writeNumbered(transport.sink, 1, 530);
  transport.sink.flush();
  await until(() => transport.spoolBytes === 0);
  await until(async () => (await health("site")).forwarding.waiting_pdus === 0);
  await site.stop(central);
  for (const folder of [site.logDir("central"), site.stateDir("central")]) rmSync(folder, { recursive: true });
  mkdirSync(site.logDir("central"));
  central = await site.startCollector("central");
  writeNumbered(transport.sink, 531, 5000);
  transport.sink.flush();
  await until(async () => (await health("central")).probes[0]?.relay === "site");
  await pause(3000);
  expect(await transport.finish(FINISH_MS)).toBe(true);
  await transport.stop();
  await forwarded("site", "central");
  await site.stop(collector);
  await site.stop(central);
  expect(numbersOf(site.lines("central", "ipct"))).toEqual(upTo(5530).slice(530));
  expect(new Set(site.lines("central", "flow").map((line) => line.split("\t")[3]))).toContain("11");
  expect(site.lines("central", "event").filter((line) => line.includes("definitions_missing"))).toEqual([]);
});

test("a changed forwardTo counts when it comes into force: every record goes to the old target or the new one, once", async () => {
  const [s, a, b] = [await freePort(), await freePort(), await freePort()];
  const forwardingTo = (collector: string, port: number) =>
    site.configure({ site: s, a, b }, { site: s }, { site: { collector, port } });
  site.configure({ site: s, a, b }, { site: s });
  const collector = await site.startCollector("site");
  const { transport } = await startTransport(site.xml);
  writeNumbered(transport.sink, 1, 500);
  transport.sink.flush();
  await until(() => transport.spoolBytes === 0);
  forwardingTo("a", a);
  // It is not there yet: what waits for it goes on waiting.
  collector.kill("SIGHUP");
  await until(async () => (await health("site")).forwarding?.to === "a");
  const others = [await site.startCollector("a")];
  for (let n = 501; n <= 4000; n += 100) {
    writeNumbered(transport.sink, n, 100);
    transport.sink.flush();
    await pause(20);
    if (n !== 2001) continue;
    // The first goes away, and does not get what is taken meanwhile.
    await until(async () => (await health("site")).forwarding.waiting_pdus === 0);
    await site.stop(others.pop()!);
    n += 100;
    writeNumbered(transport.sink, n, 100);
    transport.sink.flush();
    await until(async () => (await health("site")).forwarding.waiting_pdus > 0);
    forwardingTo("b", b);
    others.push(await site.startCollector("b"));
    collector.kill("SIGHUP");
    // Until then it is told what waits for whom.
    await until(async () => (await health("site")).forward_left?.[0].to === "a");
    expect((await health("site")).troubles).toEqual([
      expect.stringMatching(
        /^\d+ bytes of 1 run wait for a, to which nothing is sent: name it in a drainTo, or remove/,
      ),
    ]);
  }
  expect(await transport.finish(FINISH_MS)).toBe(true);
  await transport.stop();
  await forwarded("site", "b");
  // What the first had not acknowledged at the change waits for it, and goes there when it is the target again.
  forwardingTo("a", a);
  others.push(await site.startCollector("a"));
  collector.kill("SIGHUP");
  const [first] = numbersOf(site.lines("a", "ipct"));
  await until(() => site.lineCount("a", "ipct") + site.lineCount("b", "ipct") === 4001 - first!);
  await site.stop(collector);
  for (const other of others) await site.stop(other);
  const [toA, toB] = ["a", "b"].map((name) => numbersOf(site.lines(name, "ipct")));
  // Who is asked to forward in the midst of a run begins with the next PDU.
  expect(toA!.length).toBeGreaterThan(500);
  expect([...toA!, ...toB!].sort((x, y) => x - y)).toEqual(upTo(4000).slice(toA![0]! - 1));
  expect(toA![0]).toBeGreaterThan(500);
  expect(toA![0]).toBeLessThanOrEqual(601);
  expect(toB!.length).toBeGreaterThan(500);
});

test("a collector that was forwarded to before gets what waits for it, whoever is killed meanwhile, and nothing new", async () => {
  const [s, a, b] = [await freePort(), await freePort(), await freePort()];
  site.configure({ site: s, a, b }, { site: s }, { site: { collector: "a", port: a } });
  let collector = await site.startCollector("site");
  const { transport } = await startTransport(site.xml);
  // It was never there; everything waits for it.
  for (let n = 1; n <= 30_000; n += 1000) {
    writeNumbered(transport.sink, n, 1000);
    transport.sink.flush();
    if (n % 10_000 === 1) await pause(20);
  }
  await until(() => transport.spoolBytes === 0);
  // Slow enough to be met in the midst of it.
  const path = new LossyPath({ lost: 0.1, doubled: 0.2, corrupted: 0, delayMs: 5 }, 4712);
  const drainTo = { collector: "a", port: await path.open(a) };
  site.configure({ site: s, a, b }, { site: s }, { site: { collector: "b", port: b, drainTo } });
  collector.kill("SIGHUP");
  await until(async () => (await health("site")).draining?.[0].to === "a");
  expect((await health("site")).draining[0].waiting_pdus).toBeGreaterThan(100);
  const others = { a: await site.startCollector("a"), b: await site.startCollector("b") };
  for (let n = 30_001; n <= 34_000; n += 100) {
    writeNumbered(transport.sink, n, 100);
    transport.sink.flush();
    await pause(20);
    if (n === 31_001) {
      await site.stop(collector, "SIGKILL");
      collector = await site.startCollector("site");
    }
    if (n !== 32_001) continue;
    await site.stop(others.a, "SIGKILL");
    others.a = await site.startCollector("a");
  }
  expect(await transport.finish(FINISH_MS)).toBe(true);
  await transport.stop();
  await forwarded("site", "a");
  await forwarded("site", "b");
  expect((await health("site")).draining).toEqual([
    expect.objectContaining({ to: "a", waiting_pdus: 0, spool_bytes: 0 }),
  ]);
  expect((await health("site")).troubles).toEqual([]);
  // Nobody waits for more from there.
  await pause(3500);
  for (const child of [collector, others.a, others.b]) await site.stop(child);
  path.close();
  const [toA, toB] = ["a", "b"].map((name) => numbersOf(site.lines(name, "ipct")));
  expect([...toA!, ...toB!]).toEqual(upTo(34_000));
  expect(toA!.length).toBeGreaterThanOrEqual(30_000);
  expect(toB!.length).toBeGreaterThan(3000);
  const events = (name: string, code: string) => site.lines(name, "event").filter((line) => line.includes(code));
  expect(events("site", "forward_drained")).toHaveLength(1);
  for (const code of ["records_lost", "sequences_missing", "probe_silent"]) expect(events("a", code)).toEqual([]);
});

test("killed within the very change of its target, back and forth, a collector loses nothing and gives nobody anything twice", async () => {
  const [s, a, b] = [await freePort(), await freePort(), await freePort()];
  const to = { a: { collector: "a", port: a }, b: { collector: "b", port: b } };
  site.configure({ site: s, a, b }, { site: s }, { site: to.a });
  let collector = await site.startCollector("site");
  const others = [await site.startCollector("a"), await site.startCollector("b")];
  const { transport } = await startTransport(site.xml);
  let written = 0;
  const write = () => {
    writeNumbered(transport.sink, written + 1, 50);
    written += 50;
    transport.sink.flush();
  };
  write();
  await until(() => site.lineCount("a", "ipct") > 0);
  const writing = setInterval(write, 5);
  for (const [next, before, killMs] of [
    ["b", "a", 20],
    ["a", "b", 60],
    ["b", "a", 110],
  ] as const) {
    site.configure({ site: s, a, b }, { site: s }, { site: { ...to[next], drainTo: to[before] } });
    for (const each of [...others, collector]) each.kill("SIGHUP");
    await pause(killMs);
    await site.stop(collector, "SIGKILL");
    collector = await site.startCollector("site");
    await pause(200);
  }
  clearInterval(writing);
  expect(await transport.finish(FINISH_MS)).toBe(true);
  await transport.stop();
  await forwarded("site", "a");
  await forwarded("site", "b");
  for (const each of [collector, ...others]) await site.stop(each);
  expect(numbersOf(site.lines("site", "ipct"))).toEqual(upTo(written));
  const taken = ["a", "b"].map((name) => numbersOf(site.lines(name, "ipct")));
  for (const each of taken) expect(new Set(each).size).toBe(each.length);
  // What the first had and no commit knew of may have gone to both.
  expect([...new Set(taken.flat())].sort((x, y) => x - y)).toEqual(upTo(written));
});

test("with another key, or of a probe that it may not carry, nothing is taken, and it is counted why", async () => {
  const [s, c] = [await freePort(), await freePort()];
  const ports = { site: s, central: c };
  const forwardTo = { site: { collector: "central", port: c } };
  const stranger = join(site.folder, "stranger.xml");
  site.configure(ports, { central: c }, forwardTo, stranger);
  const nobody = join(site.folder, "nobody.xml");
  site.configure(ports, { site: s }, {}, nobody);
  site.configure(ports, { site: s }, forwardTo);
  const collector = await site.startCollector("site");
  const { transport } = await startTransport(site.xml);
  writeNumbered(transport.sink, 1, 500);
  expect(await transport.finish(FINISH_MS)).toBe(true);
  await transport.stop();
  const refused = async (xml: string, reason: string) => {
    const central = await site.startCollector("central", xml);
    await until(async () => ((await health("central")).datagrams.refused[reason] ?? 0) > 0);
    expect((await health("central")).probes).toEqual([]);
    await site.stop(central);
    expect(site.lines("central", "ipct")).toEqual([]);
  };
  await refused(nobody, "unknown probe");
  await refused(stranger, "unknown probe");
  writeFileSync(site.keyFile("site"), "d4".repeat(32));
  await refused(site.xml, "not authentic");
  writeFileSync(site.keyFile("site"), "c3".repeat(32));
  const central = await site.startCollector("central");
  await forwarded("site", "central");
  await site.stop(collector);
  await site.stop(central);
  expect(numbersOf(site.lines("central", "ipct"))).toEqual(upTo(500));
});

test("a probe that falls silent is silent at the central collector too, with the name of who forwards it", async () => {
  const [s, c] = [await freePort(), await freePort()];
  site.configure({ site: s, central: c }, { site: s }, { site: { collector: "central", port: c } });
  const running = [await site.startCollector("site"), await site.startCollector("central")];
  const { transport } = await startTransport(site.xml);
  writeNumbered(transport.sink, 1, 100);
  transport.sink.flush();
  // More than three heartbeats with nothing to say, and nobody is silent.
  await pause(4500);
  const silent = async () => (await health("central")).probes.map((each: { is_silent: boolean }) => each.is_silent);
  expect(await silent()).toEqual([false]);
  await transport.stop();
  await until(async () => (await silent())[0] === true);
  for (const each of running) await site.stop(each);
  const events = site.lines("central", "event").filter((line) => line.includes("probe_silent"));
  expect(events).toHaveLength(1);
  expect(events[0]).toContain('"relay":"site"');
});
