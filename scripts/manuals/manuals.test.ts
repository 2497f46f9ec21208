import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
// @ts-expect-error a plain script, run by node as it is
import { programs, root } from "../package/programs.mjs";
import { manPage } from "./man-page.ts";
import { manualFiles } from "./produced-files.ts";
import { shellPrograms } from "./shell-programs.ts";

/** Every program is started once, from its sources: seconds on a free machine, more on a busy one. */
const STARTING_ALL_MS = 300_000;

const pages = readdirSync(join(root, "docs/man"));
const run = (page: string, words: readonly string[]) =>
  spawnSync("groff", words, { encoding: "utf8", input: readFileSync(join(root, "docs/man", page), "utf8") });

test(
  "the committed pages and completions are what the programs declare now",
  async () => {
    const files = await manualFiles();
    const committed = ["docs/man", "docs/completion"].flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
    );
    expect(committed.sort()).toEqual([...files.keys()].sort());
    for (const [path, text] of files) expect(readFileSync(join(root, path), "utf8"), path).toBe(text);
  },
  STARTING_ALL_MS,
);

test("every program has a page", () => {
  for (const { name } of programs() as { name: string }[]) expect(pages).toContain(`${name}.1`);
});

test.each(pages)("groff has nothing to say about %s", (page) => {
  const { status, stderr } = run(page, ["-man", "-ww", "-Tutf8", "-z"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("a page shows options, defaults and examples letter by letter", () => {
  const text = run("trafMon_loader.1", ["-man", "-Tascii", "-P-cbou", "-rLL=500n"]).stdout.replace(/\s+/g, " ");
  expect(text).toContain("-p, --path <folder>");
  expect(text).toContain("Default: /var/trafMon/collector/.");
  expect(text).toContain("trafMon_loader -p var/logs -l --watch");
});

test("text that groff would take for its own comes out as it went in", () => {
  const nasty = [".SH NOT A HEADING", "'quoted", "back\\slash \\fBnot bold", "-- 10-20 ~user ^x `y`"];
  const page = manPage(
    {
      name: "nasty",
      summary: "Does it.",
      examples: nasty.map((command) => ({ command, meaning: "So:" })),
      notes: nasty.join("\n"),
      operands: [],
      options: [],
    },
    "1",
  );
  const { stdout, stderr } = spawnSync("groff", ["-man", "-ww", "-Tascii", "-P-cbou", "-rLL=200n"], {
    encoding: "utf8",
    input: page,
  });
  expect(stderr).toBe("");
  for (const line of nasty)
    expect(stdout.split("\n").filter((printed) => printed.trim() === line).length, line).toBe(2);
});

test.each([
  ["trafMon_volumeReportGen", ["-r", "m"], ["manager"]],
  ["trafMon_loader", ["--lo"], ["--localConfig", "--logFileDirectory"]],
  ["tmon_collector", ["--che"], ["--check"]],
])("bash completes %s %j", (name, words, expected) => {
  const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _${name}; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync("bash", ["-c", script, "bash", join(root, "docs/completion", name), name, ...words], {
    encoding: "utf8",
  });
  expect(out.trim().split("\n").sort()).toEqual(expected);
});

test.each(shellPrograms.filter(({ name }) => name.startsWith("trafMon_")))(
  "$name has the options that its own help shows",
  ({ name, options, examples }) => {
    const help = execFileSync(join(root, "scripts/package/programs", name), ["--help"], { encoding: "utf8" });
    for (const { long } of options.filter((option) => option.long !== "--help")) expect(help).toContain(long);
    expect([...help.matchAll(/^ {2}(--\w+)/gm)].map(([, long]) => long).sort()).toEqual(
      options.flatMap(({ long }) => (long === "--help" ? [] : [long])).sort(),
    );
    for (const { command } of examples) expect(help).toContain(command);
  },
);
