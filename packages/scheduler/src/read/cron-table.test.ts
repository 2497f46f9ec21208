import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readCronTable } from "./cron-table.ts";

const shipped = (name: string) => readFileSync(new URL(`../../../../etc/cron.d/${name}`, import.meta.url), "utf8");

test("the shipped tables are understood as cron would, and so are the lines that are comments in them", () => {
  for (const name of ["trafmon", "trafmon-root"]) {
    const lines = shipped(name)
      .split("\n")
      .map((line) => line.replace(/^# (?=[\d*][\d*/]* \S+ \S+ \S+ \S+ (trafmon|root) )/, ""));
    const { jobs, environment, faults } = readCronTable(lines.join("\n"));
    expect(faults).toEqual([]);
    expect(environment).toMatchObject({ SHELL: "/bin/sh", MAILTO: "root" });
    expect(jobs.length).toBe(lines.filter((line) => /^[\d*]/.test(line)).length);
    expect(new Set(jobs.map((job) => job.user))).toEqual(new Set([name === "trafmon" ? "trafmon" : "root"]));
  }
  expect(readCronTable(shipped("trafmon")).jobs.map((job) => [job.schedule, job.title])).toContainEqual([
    "*/10 * * * *",
    "Load the collector's log files, then describe new addresses.",
  ]);
});

test("all faults are told at once, each with its line", () => {
  const { jobs, faults } = readCronTable(
    [
      "* * * * trafmon",
      "61 * * * * trafmon true",
      "@reboot trafmon true",
      "0 0 1 * 1 trafmon true",
      "* * * * * trafmon date +%F",
      "@daily trafmon true",
    ].join("\n"),
  );
  expect(jobs.map(({ line, schedule }) => [line, schedule])).toEqual([[6, "0 0 * * *"]]);
  expect(faults.map((fault) => fault.slice(0, 6))).toEqual(["line 1", "line 2", "line 3", "line 4", "line 5"]);
});

test("no text whatever is more than jobs and faults: every line that counts is one of them", () => {
  const word = fc.constantFrom("*", "0", "*/5", "#", "@daily", "A=b", "trafmon", "true", "%", "99", "x");
  const line = fc.array(word, { maxLength: 8 }).map((words) => words.join(" "));
  fc.assert(
    fc.property(fc.array(fc.oneof(line, fc.string()), { maxLength: 8 }), (lines) => {
      const text = lines.join("\n");
      const counting = text.split("\n").filter((each) => !/^\s*(#|$)/.test(each) && !/^\s*[A-Za-z_]\w*\s*=/.test(each));
      const { jobs, faults } = readCronTable(text);
      expect(jobs.length + faults.length).toBe(counting.length);
    }),
  );
});
