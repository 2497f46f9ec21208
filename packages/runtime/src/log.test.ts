import { expect, test } from "vitest";
import { FakeClock } from "./fake-clock.ts";
import { createLog } from "./log.ts";
import { RepeatedTrouble } from "./repeated-trouble.ts";

function logInto(lines: string[], json = false) {
  return createLog({ program: "tmon_example", json, write: (line) => lines.push(line) }).log;
}

test("a readable line has time, level, sentence and data; secrets and control characters do not show", () => {
  const lines: string[] = [];
  logInto(lines).warn(
    { probe: "p 1", pdu: 7, password: "hunter2", db: { password: "hunter2" } },
    "refused\u001b[2J PDU",
  );
  expect(lines[0]).toMatch(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARN {2}refused\\u001b\[2J PDU {2}probe="p 1" pdu=7 password="\*\*\*" db=\{"password":"\*\*\*"\}\n$/,
  );
});

test("a JSON line is pino's", () => {
  const lines: string[] = [];
  logInto(lines, true).info({ n: 1 }, "done");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: 30, name: "tmon_example", n: 1, msg: "done" });
});

test("repeated trouble is logged at once, then counted once per interval", () => {
  const lines: string[] = [];
  const clock = new FakeClock();
  const trouble = new RepeatedTrouble(logInto(lines, true), clock, 1000);
  for (let n = 1; n <= 5; n++) trouble.warn("short", { n }, "short packet");
  trouble.warn("other", {}, "other trouble");
  expect(lines).toHaveLength(2);
  clock.advance(1000);
  expect(lines).toHaveLength(3);
  expect(JSON.parse(lines[2] ?? "")).toMatchObject({ msg: "short packet", repeated: 4, withinS: 1, n: 5 });
  trouble.warn("short", { n: 6 }, "short packet");
  trouble.warn("short", { n: 7 }, "short packet");
  trouble.flush();
  expect(lines.slice(3).map((line) => JSON.parse(line).repeated)).toEqual([undefined, 1]);
  expect(clock.pendingTimers).toBe(0);
});
