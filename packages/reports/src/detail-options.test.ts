import { defineProgram } from "@trafmon/runtime";
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

/** What we add. */
const OURS: readonly [name: string, preset: unknown][] = [
  ["--only", undefined],
  ["--probe", undefined],
  ["--class", undefined],
  ["--most", 50],
  ["--cred", undefined],
  ["--zone", "UTC"],
  ["--site", "trafMon"],
  ["--mail", undefined],
  ["--mail-from", undefined],
  ["--paper", "A4"],
  ["--html", false],
];

test("so are ours, and none that this table does not have", () => {
  const everyProgramHas = defineProgram({ name: "x", summary: "", examples: [] }).options.map(({ long }) => long);
  const options = program().options.filter(({ short, long }) => short === undefined && !everyProgramHas.includes(long));
  expect(options.map(({ long, defaultValue }) => [long, defaultValue])).toEqual(OURS);
});

test("every option takes a value by letter and by name", () => {
  for (const [letter, name] of DOCUMENTED) {
    if (letter === "-l") continue;
    for (const spelt of [[letter, "v"], [name, "v"], [`${name}=v`]]) {
      const given = letter === "-f" ? spelt : ["-f", "x", ...spelt];
      expect(program().parse(given, { from: "user" }).opts()[name.slice(2)], spelt.join(" ")).toBe("v");
    }
  }
  expect(program().parse(["-l", "-f", "x"], { from: "user" }).opts().localConfig).toBe(true);
});

test("what is no choice is refused with the choices, before anything is asked", () => {
  for (const [wrong, because] of [
    [[], "--filename"],
    [["-f"], "argument missing"],
    [["-f", "x", "--only", "tcp"], "Allowed choices are events, udp"],
    [["-f", "x", "--most", "0"], "1"],
    [["-f", "x", "--paper", "A5"], "Allowed choices are A4, Letter"],
  ] as const) {
    let told = "";
    const asked = detailReportProgram(["events", "udp"])
      .exitOverride()
      .configureOutput({
        writeErr: (text) => {
          told += text;
        },
      });
    expect(() => asked.parse(wrong, { from: "user" }), wrong.join(" ")).toThrow();
    expect(told).toContain(because);
  }
  const { only, most } = program().parse(["-f", "x", "--only", "udp", "events"], { from: "user" }).opts();
  expect([only, most]).toEqual([["udp", "events"], 50]);
});
