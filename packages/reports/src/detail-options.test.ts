import { expect, test } from "vitest";
import { detailReportProgram } from "./detail-options.ts";

const DOCUMENTED: readonly [letter: string, name: string, preset: unknown][] = [
  ["-l", "--localConfig", false],
  ["-f", "--filename", undefined],
  ["-D", "--destination", "/var/trafMon/reports/"],
  ["-s", "--startDate", undefined],
  ["-e", "--endDate", undefined],
  ["-t", "--timespan", undefined],
  ["-L", "--logFileDirectory", "/var/log/trafMon/"],
  ["-T", "--reportTemplatesDirectory", "/opt/trafMon/report/"],
  ["-g", "--genReport_sh", undefined],
  ["-d", "--db", undefined],
];

const program = () =>
  detailReportProgram(["events", "udp"])
    .exitOverride()
    .configureOutput({ writeErr: () => {} });

test("the documented options are there, with their letters and defaults", () => {
  const options = program().options.filter(({ short }) => short !== undefined && short !== "-h" && short !== "-V");
  expect(options.map(({ short, long, defaultValue }) => [short, long, defaultValue])).toEqual(DOCUMENTED);
});

test("what is no choice is refused before anything is asked", () => {
  for (const wrong of [
    [],
    ["-f"],
    ["-f", "x", "--only", "tcp"],
    ["-f", "x", "--most", "0"],
    ["-f", "x", "--paper", "A5"],
  ]) {
    expect(() => program().parse(wrong, { from: "user" }), wrong.join(" ")).toThrow();
  }
  const { only, most } = program().parse(["-f", "x", "--only", "udp", "events"], { from: "user" }).opts();
  expect([only, most]).toEqual([["udp", "events"], 50]);
});
