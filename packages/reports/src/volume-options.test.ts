import { defineProgram } from "@trafmon/runtime";
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

/** What we add: choices and default. */
const OURS: readonly [name: string, choices: readonly string[] | null, preset: unknown][] = [
  ["--source", ["probe", "netflow"], "probe"],
  ["--probe", null, undefined],
  ["--class", null, undefined],
  ["--cred", null, undefined],
  ["--zone", null, "UTC"],
  ["--site", null, "trafMon"],
  ["--definition", null, undefined],
  ["--mail", null, undefined],
  ["--mail-from", null, undefined],
  ["--paper", ["A4", "Letter"], "A4"],
  ["--html", null, false],
];

test("so are ours, and none that this table does not have", () => {
  const options = volumeReportProgram().options.filter((option) => option.short === undefined);
  const ours = options.map(({ long, argChoices, defaultValue }) => [long, argChoices ?? null, defaultValue]);
  expect(ours).toEqual(expect.arrayContaining([...OURS]));
  const everyProgramHas = defineProgram({ name: "x", summary: "", examples: [] }).options.map(({ long }) => long);
  expect(ours.map(([name]) => name).filter((name) => !everyProgramHas.includes(name as string))).toEqual(
    OURS.map(([name]) => name),
  );
});

test("every option takes a value, and every choice of it", () => {
  for (const [letter, name, choices] of DOCUMENTED) {
    const key = name.slice(2);
    for (const value of choices ?? ["some value"]) {
      for (const spelt of [[letter, value], [name, value], [`${name}=${value}`]]) {
        expect(volumeReportProgram().exitOverride().parse(spelt, { from: "user" }).opts()[key], spelt.join(" ")).toBe(
          value,
        );
      }
    }
  }
});

test("what is no choice is refused with the choices, before anything is asked", () => {
  const refusal = (wrong: readonly string[]) => {
    let told = "";
    const program = volumeReportProgram()
      .exitOverride()
      .configureOutput({
        writeErr: (text) => {
          told += text;
        },
      });
    expect(() => program.parse(wrong, { from: "user" }), wrong.join(" ")).toThrow();
    return told;
  };
  for (const [letter, name, choices] of DOCUMENTED) {
    expect(refusal([letter])).toContain("argument missing");
    if (choices === null) continue;
    for (const wrong of ["", "7", "boss", `${choices[0]} `, choices[0]!.toUpperCase() + "x"]) {
      const told = refusal([name, wrong]);
      for (const choice of choices) expect(told).toContain(choice);
    }
  }
  for (const [name, choices] of OURS) {
    if (choices !== null) expect(refusal([name, "x"])).toContain(choices.join(", "));
  }
  expect(refusal(["--no-such-option"])).toContain("unknown option");
});
