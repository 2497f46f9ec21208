import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Counters, createLog } from "@trafmon/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AlertCommands } from "./alert-commands.ts";
import type { AlertNotice } from "./alert-notice.ts";

const NOTICE: AlertNotice = {
  turn: "raised",
  alert: { name: "full", metric: "diskFree", isAbove: false, level: 1e9, clear: 2e9, forMs: 0, severity: "error" },
  subject: { scope: "collector", collector: "c", probe: null, flowClass: null },
  value: 123_456_789,
  isWatched: true,
  atMs: Date.UTC(2026, 10, 21),
};

const HANGING = ["/bin/sleep", "60"];

let folder: string;
let said: string[];
let counters: Counters;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "alert-"));
  chmodSync(folder, 0o777);
  said = [];
  counters = new Counters();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Those that hang are given up soon; others may take as long as a busy machine lets them. */
function commandsOf(...programs: readonly (readonly string[])[]): AlertCommands {
  const { log } = createLog({ program: "test", write: (line) => said.push(line) });
  const limitOf = (program: readonly string[]) => (program === HANGING ? 300 : 240_000);
  const settings = programs.map((program) => ({ program, timeLimitMs: limitOf(program), user: "nobody" }));
  return new AlertCommands(settings, counters, log);
}

async function until(isThere: () => boolean): Promise<void> {
  for (const limitMs = Date.now() + 240_000; !isThere(); ) {
    if (Date.now() > limitMs) throw new Error(`it does not come to that: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const run = () => counters.counter("alert_commands_run").value;

test("a program is told everything in its environment, and nothing else of ours", async () => {
  const path = join(folder, "told");
  process.env.TRAFMON_TEST_SECRET = "x";
  const commands = commandsOf([
    "/bin/sh",
    "-c",
    `env -u PWD -u SHLVL -u _ -u OLDPWD | sort > ${path}.new; mv ${path}.new ${path}; id -un > ${path}.user`,
  ]);
  commands.tell(NOTICE);
  await until(() => run() === 1);
  delete process.env.TRAFMON_TEST_SECRET;
  expect(readFileSync(path, "utf8").split("\n").slice(0, -1)).toEqual([
    "LANG=C.UTF-8",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "TRAFMON_ALERT=full",
    "TRAFMON_AT=2026-11-21T00:00:00.000Z",
    "TRAFMON_CLASS=",
    "TRAFMON_COLLECTOR=c",
    "TRAFMON_LEVEL=1000000000",
    "TRAFMON_METRIC=diskFree",
    "TRAFMON_PROBE=",
    "TRAFMON_SCOPE=collector",
    "TRAFMON_SEVERITY=error",
    "TRAFMON_STATE=raised",
    "TRAFMON_TEXT=full of collector c is raised: diskFree is 123457000 bytes, below 1000000000",
    "TRAFMON_VALUE=123457000",
  ]);
  if (process.getuid?.() === 0) expect(readFileSync(`${path}.user`, "utf8")).toBe("nobody\n");
  expect(said).toEqual([]);
  await commands.stop();
});

test("one after the other, in order, and a program that fails or hangs keeps the others from nothing", async () => {
  const path = join(folder, "order");
  const commands = commandsOf(
    ["/bin/sh", "-c", "echo oops; exit 3"],
    HANGING,
    ["/nowhere/at-all"],
    ["/bin/sh", "-c", `echo $TRAFMON_STATE >> ${path}`],
  );
  commands.tell(NOTICE);
  commands.tell({ ...NOTICE, turn: "cleared" });
  await until(() => run() === 8);
  expect(readFileSync(path, "utf8")).toBe("raised\ncleared\n");
  expect(Object.fromEntries(counters.byReason("alert_commands_failed").entries())).toEqual({
    "exit code": 2,
    failed: 2,
    overdue: 2,
  });
  expect(said.filter((line) => line.includes("oops"))).toHaveLength(2);
  await commands.stop();
});

test("a flood of alerts is bounded, and a stop ends what runs", async () => {
  const commands = commandsOf(["/bin/sleep", "600"]);
  for (let i = 0; i < 150; i++) commands.tell(NOTICE);
  expect(counters.byReason("alert_commands_failed").of("too many at a time")).toBe(49);
  await commands.stop();
  commands.tell(NOTICE);
  expect(run()).toBeLessThan(2);
});

test("a user that there is not is refused at the start", () => {
  if (process.getuid?.() !== 0) return;
  const settings = [{ program: ["/bin/true"], timeLimitMs: 100, user: "no-such-user" }];
  const { log } = createLog({ program: "test", write: () => {} });
  expect(() => new AlertCommands(settings, counters, log)).toThrow("no-such-user");
});
