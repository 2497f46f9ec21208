import { expect, test } from "vitest";
import { volumeReportProgram } from "./volume-options.ts";

/** The documented options: letter, long name, choices, default (undefined: told in words, depends on the day or db.cred). */
const DOCUMENTED: readonly [letter: string, name: string, choices: readonly string[] | null, preset: unknown][] = [
  ["-d", "--db", null, undefined],
  ["-r", "--report", ["manager", "operator", "conversation"], "manager"],
  ["-D", "--destination", null, undefined],
  ["-t", "--top", ["5", "10", "15", "20", "25"], "5"],
  ["-T", "--threshold", ["0", "1000", "10000", "50000", "100000", "500000"], "1000"],
  ["-A", "--activity", null, "any"],
  ["-L", "--location", null, "any"],
  ["-H", "--host", null, "any"],
  ["-s", "--startDate", null, undefined],
  ["-e", "--endDate", null, undefined],
  ["-l", "--logFileDirectory", null, "/var/log/trafMon/"],
  ["-R", "--reportTemplatesDirectory", null, "/opt/trafMon/trafMon_reports/"],
  ["-g", "--genReport_sh", null, undefined],
];

test("the documented options are there, with their letters, choices and defaults", () => {
  const options = volumeReportProgram().options.filter((option) => option.short !== undefined);
  const ours = options.map(({ short, long, argChoices, defaultValue }) => [
    short,
    long,
    argChoices ?? null,
    defaultValue,
  ]);
  expect(ours.filter(([letter]) => letter !== "-h" && letter !== "-V")).toEqual(DOCUMENTED);
});

test("what is no choice is refused before anything is asked", () => {
  for (const wrong of [["-t", "7"], ["-T", "1001"], ["-r", "boss"], ["--source", "sflow"], ["-t"]]) {
    const program = volumeReportProgram()
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    expect(() => program.parse(wrong, { from: "user" }), wrong.join(" ")).toThrow();
  }
});
