import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createLog, look, systemClock } from "@trafmon/runtime";
import type { EventSourceSettings } from "@trafmon/settings";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outsideEvent } from "./outside-event.ts";
import { OutsideEvents } from "./outside-events.ts";
import { userNamed } from "./user-named.ts";

const LIMITS = { timeMs: 240_000, bytes: 100 };
const isRoot = process.getuid?.() === 0;
const NOBODY = isRoot ? userNamed("nobody", "test") : null;
const never = new AbortController().signal;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "outside-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = async (script: string, limits = LIMITS) =>
  outsideEvent(await look(["/bin/sh", "-c", script], NOBODY, limits, never));

test.each([
  [0, "info"],
  [1, "warning"],
  [2, "error"],
  [3, "warning"],
  [42, "error"],
])("exit code %i makes an event of severity %s", async (exitCode, severity) => {
  const event = await run(`echo "disk 91 % full"; echo more; exit ${exitCode}`);
  expect(event).toEqual({
    severity,
    code: "outside_event",
    text: "disk 91 % full",
    parameters: { exitCode, output: "disk 91 % full\nmore" },
  });
});

test("output is cut where it may not go on, and the program is not held up by it", async () => {
  const { parameters } = await run("i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done");
  expect(parameters).toMatchObject({ exitCode: 0, cut: true });
  expect((parameters as { output: string }).output).toHaveLength(100);
});

test("rubbish becomes printable text", async () => {
  const { text, parameters } = await run("printf 'a\\033[31mred\\377\\tb\\r\\nnext'");
  expect(text).toMatch(/^a \[31mred\S+ b$/);
  expect((parameters as { output: string }).output).not.toMatch(/(?!\n)\p{Cc}/u);
});

test("what takes too long is ended, with what it started", async () => {
  const event = await run("sleep 300 & sleep 300", { timeMs: 300, bytes: 100 });
  expect(event).toMatchObject({ severity: "warning", code: "event_source_overdue" });
});

test("a process left behind does not hold up the look, and does not outlive it", async () => {
  const { parameters } = await run("sleep 300 & echo $!");
  const pid = Number((parameters as { output: string }).output);
  expect(pid).toBeGreaterThan(1);
  await expect.poll(() => isRunning(pid)).toBe(false);
});

test("a program that is not there cannot be asked", async () => {
  const event = outsideEvent(await look(["/nowhere/at-all"], NOBODY, LIMITS, never));
  expect(event).toMatchObject({ severity: "error", code: "event_source_failed" });
});

test.runIf(isRoot)("a program has none of the probe's privileges", async () => {
  const { parameters } = await run("id -u; id -G; grep -E '^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs)' /proc/self/status", {
    timeMs: 240_000,
    bytes: 1000,
  });
  const lines = (parameters as { output: string }).output.split("\n");
  expect(lines.slice(0, 2)).toEqual([String(NOBODY!.uid), String(NOBODY!.gid)]);
  const status = Object.fromEntries(lines.slice(2).map((line) => line.split(/:\s+/)));
  for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
    expect(status[set], set).toBe("0000000000000000");
  expect(status.NoNewPrivs).toBe("1");
});

test("it has nothing of the probe's environment and open files", async () => {
  process.env.TM_SECRET = "s3cret";
  const opened = openSync(join(folder, "opened-by-the-probe"), "w");
  const { parameters } = await run("env; ls -l /proc/self/fd; echo end", { timeMs: 240_000, bytes: 2000 });
  delete process.env.TM_SECRET;
  closeSync(opened);
  const { output } = parameters as { output: string };
  expect(output).toMatch(/end$/);
  expect(output).not.toContain("s3cret");
  expect(output).not.toContain("opened-by-the-probe");
});

function source(changed: Partial<EventSourceSettings>): EventSourceSettings {
  return {
    name: "source",
    program: null,
    file: null,
    everyMs: 60_000,
    timeLimitMs: 240_000,
    sizeLimitBytes: 900,
    onlyChanges: false,
    user: "nobody",
    ...changed,
  };
}

interface Told {
  readonly severity: string;
  readonly code: string;
  readonly origin: string;
  readonly text: string;
}

function listening() {
  const told: Told[] = [];
  const events = {
    tell: (severity: string, code: string, origin: string, text: string) => {
      told.push({ severity, code, origin, text });
    },
  };
  const { log } = createLog({ program: "test", json: true, directory: folder, fileName: "test.log" });
  return { told, parts: { events, clock: systemClock, log } };
}

test("a file is read, and told again only when it has changed", async () => {
  const readable = mkdtempSync("/tmp/outside-file-");
  const file = join(readable, "state");
  writeFileSync(file, "one\n");
  chmodSync(readable, 0o755);
  const { told, parts } = listening();
  const outside = new OutsideEvents([source({ name: "state", file, everyMs: 50, onlyChanges: true })], parts);
  await outside.start();
  await expect.poll(() => told.length).toBe(1);
  await delay(300);
  writeFileSync(file, "two\n");
  await expect.poll(() => told.at(-1)!.text).toBe("two");
  await outside.stop();
  // A writer truncates before it writes: nothing may be seen between.
  expect(told.map(({ text }) => text).filter((text) => text !== "(no output)")).toEqual(["one", "two"]);
  rmSync(readable, { recursive: true });
});

test.runIf(isRoot)("a file that only root may read is not read for anybody", async () => {
  const secret = join(folder, "secret");
  writeFileSync(secret, "the key\n", { mode: 0o600 });
  const { told, parts } = listening();
  const outside = new OutsideEvents([source({ file: secret })], parts);
  await outside.start();
  await expect.poll(() => told.length).toBe(1);
  await outside.stop();
  expect(told[0]).toMatchObject({ severity: "warning", text: "(no output)" });
});

test("a stop ends what is under way and tells nothing of it", async () => {
  const { told, parts } = listening();
  const outside = new OutsideEvents([source({ program: ["/bin/sleep", "300"] })], parts);
  await outside.start();
  await delay(100);
  await outside.stop();
  expect(told).toEqual([]);
});

test.runIf(isRoot)("a user that is not there is refused at the start", async () => {
  const { parts } = listening();
  const outside = new OutsideEvents([source({ program: ["/bin/true"], user: "no-such-user" })], parts);
  await expect(outside.start()).rejects.toMatchObject({ code: "PROBE_EVENT_USER_UNKNOWN" });
});

function isRunning(pid: number): boolean {
  try {
    // A zombie is not running any more; in a container nobody may come for it.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
