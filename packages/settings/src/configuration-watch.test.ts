import { mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog, FakeClock } from "@trafmon/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseConfiguration } from "./configuration.ts";
import { ConfigurationWatch } from "./configuration-watch.ts";
import { DiagWatch } from "./diag-file.ts";

const START_MS = Date.UTC(2026, 0, 1);

let directory: string;
let path: string;
let own: string;
let clock: FakeClock;
let said: string[];
let watch: ConfigurationWatch;

function text(site: string, startAt?: string): string {
  return `<trafMon site="${site}"${startAt === undefined ? "" : ` startAt="${startAt}"`}>
    <collectors><collector name="c"/></collectors>
    <probes><probe name="p"><sendTo collector="c"/></probe></probes>
    <flowClasses><flowClass name="all" account="yes"><ipCounters/></flowClass></flowClasses></trafMon>`;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "settings-"));
  path = join(directory, "tmon-new.xml");
  own = join(directory, "tmon.xml");
  writeFileSync(own, text("one"));
  clock = new FakeClock(START_MS);
  said = [];
  watch = new ConfigurationWatch({
    own,
    path,
    current: parseConfiguration(text("one"), "tmon.xml"),
    clock,
    onSwitch: ({ site }) => said.push(`switch ${site} at ${(clock.wallMs() - START_MS) / 1000}`),
    onScheduled: ({ site }) => said.push(`scheduled ${site}`),
    onUnchanged: ({ site }) => said.push(`unchanged ${site}`),
    onInvalid: ({ code }) => said.push(code),
  });
});

afterEach(async () => {
  await watch.stop();
  rmSync(directory, { recursive: true });
});

test("a new file without startAt is taken at once, one that means the same not at all", async () => {
  await watch.start();
  clock.advance(5000);
  writeFileSync(path, text("one"));
  clock.advance(5000);
  expect(said).toEqual([]);
  writeFileSync(path, text("two"));
  clock.advance(1000);
  expect(said).toEqual(["switch two at 11"]);
  clock.advance(60_000);
  expect(said).toHaveLength(1);
});

test("with startAt the switch is at that instant, and the file is checked when it appears", async () => {
  await watch.start();
  writeFileSync(path, text("two", "2026-01-01T01:00:00.250Z"));
  clock.advance(1000);
  expect(said).toEqual(["scheduled two"]);
  clock.advance(3_599_249);
  expect(said).toHaveLength(1);
  clock.advance(1);
  expect(said).toEqual(["scheduled two", "switch two at 3600.25"]);
});

test("a startAt in the past means now, also at the start of the program", async () => {
  writeFileSync(path, text("two", "2025-01-01T00:00:00Z"));
  await watch.start();
  expect(said).toEqual(["switch two at 0"]);
});

test("an invalid file is told once and never replaces; its correction does", async () => {
  await watch.start();
  writeFileSync(path, text("two").replace("</trafMon>", ""));
  clock.advance(60_000);
  expect(said).toEqual(["SETTINGS_INVALID"]);
  writeFileSync(path, text("three"));
  clock.advance(1000);
  expect(said).toEqual(["SETTINGS_INVALID", "switch three at 61"]);
});

test("an invalid file that follows a scheduled one calls that off too, for it is not there any more", async () => {
  await watch.start();
  writeFileSync(path, text("two", "2026-01-01T01:00:00Z"));
  clock.advance(1000);
  writeFileSync(path, "nonsense");
  clock.advance(7_200_000);
  expect(said).toEqual(["scheduled two", "SETTINGS_INVALID"]);
});

test("a file taken away before its instant no longer counts; one replaced by rename does", async () => {
  await watch.start();
  writeFileSync(path, text("two", "2026-01-01T01:00:00Z"));
  clock.advance(1000);
  unlinkSync(path);
  clock.advance(7_200_000);
  writeFileSync(`${path}.tmp`, text("three"));
  renameSync(`${path}.tmp`, path);
  clock.advance(1000);
  expect(said).toEqual(["scheduled two", "switch three at 7202"]);
});

test("a file that keeps being written is waited for", async () => {
  await watch.start();
  for (let length = 100; length < 400; length += 50) {
    writeFileSync(path, text("two").slice(0, length));
    clock.advance(500);
  }
  writeFileSync(path, text("two"));
  clock.advance(1000);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^switch two/);
});

test("setting the clock forward brings the switch", async () => {
  await watch.start();
  writeFileSync(path, text("two", "2026-01-02T00:00:00Z"));
  clock.advance(1000);
  clock.setWall(Date.UTC(2026, 0, 3));
  clock.advance(1000);
  expect(said[1]).toMatch(/^switch two/);
});

test("log levels follow the .diag file while the program runs; a slip in it changes nothing", async () => {
  const lines: string[] = [];
  const { log } = createLog({ program: "tmon_probe", json: true, write: (line) => lines.push(line) });
  const transport = log.child({ part: "transport" });
  const diag = join(directory, "probe1.diag");
  writeFileSync(diag, "# quiet\nall warn\ntransport debug # this one not\n");
  const levels = new DiagWatch(diag, clock, log, { transport });
  await levels.start();
  expect([log.level, transport.level]).toEqual(["warn", "debug"]);
  writeFileSync(diag, "all loud\n");
  clock.advance(1000);
  expect(log.level).toBe("warn");
  expect(lines.at(-1)).toContain("SETTINGS_DIAG_INVALID");
  writeFileSync(diag, "all error\n");
  clock.advance(1000);
  expect([log.level, transport.level]).toEqual(["error", "error"]);
  await levels.stop();
});

test("a reload goes over to what the program's own file means now, if it is valid and means something else", async () => {
  await watch.start();
  watch.reload();
  writeFileSync(own, "<trafMon>");
  watch.reload();
  writeFileSync(own, text("two"));
  watch.reload();
  watch.reload();
  expect(said).toEqual(["unchanged one", "SETTINGS_INVALID", "switch two at 0", "unchanged two"]);
});

test("a reload reads what a restart would: the new file while it is in force, else the program's own", async () => {
  await watch.start();
  writeFileSync(path, text("two", "2026-01-01T00:01:00Z"));
  clock.advance(5000);
  writeFileSync(own, text("three"));
  watch.reload();
  clock.advance(60_000);
  writeFileSync(own, text("four"));
  watch.reload();
  unlinkSync(path);
  watch.reload();
  expect(said).toEqual([
    "scheduled two",
    "switch three at 5",
    "switch two at 60",
    "unchanged two",
    "switch four at 65",
  ]);
});

test("without a new file to watch, a reload is all there is", async () => {
  const alone = new ConfigurationWatch({
    own,
    path: null,
    current: parseConfiguration(text("one"), "tmon.xml"),
    clock,
    onSwitch: ({ site }) => said.push(site),
    onInvalid: () => {},
  });
  await alone.start();
  writeFileSync(own, text("two"));
  clock.advance(60_000);
  expect(said).toEqual([]);
  alone.reload();
  expect(said).toEqual(["two"]);
  await alone.stop();
});
