import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
// @ts-expect-error plain scripts, run by node as they are
import { cronFiles } from "./cron-text.mjs";
// @ts-expect-error
import { daemons, jobs } from "./jobs.mjs";
// @ts-expect-error
import { root } from "./programs.mjs";
// @ts-expect-error
import { unitFiles } from "./unit-text.mjs";

const units = join(root, "etc/systemd");
const services = readdirSync(units).filter((name) => name.endsWith(".service"));

test.each([
  ["etc/systemd", unitFiles()],
  ["etc/cron.d", cronFiles()],
])("%s is what the jobs say", (folder, files: Record<string, string>) => {
  expect(readdirSync(join(root, folder)).sort()).toEqual(Object.keys(files).sort());
  for (const [name, text] of Object.entries(files)) expect(readFileSync(join(root, folder, name), "utf8")).toBe(text);
});

test("no job is there twice: the second would take the unit of the first, and cron run both", () => {
  const names = jobs.map(({ name }: { name: string }) => name);
  expect(names).toEqual([...new Set(names)]);
});

test("every daemon and job has a unit, and every job with a schedule a timer and a line of cron", () => {
  for (const { name } of [...daemons, ...jobs]) expect(services).toContain(`${name}.service`);
  const tables = Object.values(cronFiles() as Record<string, string>).join("\n");
  for (const { name, cron } of jobs.filter((job: { cron?: string }) => job.cron)) {
    expect(readdirSync(units)).toContain(`${name}.timer`);
    expect(tables).toContain(`${cron} `);
    expect(tables).toContain(`flock -n ${name === "trafMon_logrotate" ? "/run" : "/var/trafMon/state"}/${name}.lock `);
  }
});

// Debian's package systemd; npm test installs it.
const hasAnalyze = spawnSync("systemd-analyze", ["--version"]).status === 0;
test("systemd-analyze is there where it must be", () => {
  if (process.env.CI) expect(hasAnalyze).toBe(true);
});

test.runIf(hasAnalyze).each(services)("%s is exposed 2.0 at most, by systemd's own measure", (name) => {
  const { stdout, stderr } = spawnSync("systemd-analyze", ["security", "--offline=yes", join(units, name)], {
    encoding: "utf8",
  });
  const level = /Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1];
  expect(level, stderr).toBeDefined();
  expect(Number(level)).toBeLessThanOrEqual(2);
});

test.runIf(hasAnalyze)("systemd understands every unit and timer", () => {
  // Programs that are not installed here must not be what it complains of.
  const folder = mkdtempSync(join(tmpdir(), "units-"));
  for (const name of readdirSync(units)) {
    const text = readFileSync(join(units, name), "utf8").replace(/^ExecStart=\S+/gm, "ExecStart=/bin/true");
    writeFileSync(join(folder, name.replace("@.", "@one.")), text.replace(/^Documentation=.*$/m, ""));
  }
  const files = readdirSync(folder).map((name) => join(folder, name));
  const { stdout, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", ...files], {
    encoding: "utf8",
    env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` },
  });
  const ours = `${stdout}${stderr}`.split("\n").filter((line) => /tmon_|trafMon_/.test(line));
  rmSync(folder, { recursive: true });
  expect(ours).toEqual([]);
});

test.runIf(hasAnalyze)("timers and cron lines of a job mean the same instants", () => {
  for (const { cron, onCalendar, name } of jobs.filter((job: { cron?: string }) => job.cron)) {
    const args = ["calendar", "--iterations=3", "--base-time=2026-01-01 00:00:00", onCalendar];
    const { stdout } = spawnSync("systemd-analyze", args, {
      encoding: "utf8",
      env: { ...process.env, TZ: "UTC", LC_ALL: "C" },
    });
    const elapses = [...stdout.matchAll(/(?:Next elapse|Iteration #\d+|Iter\. #\d+): \w+ (\S+ \S+)/g)].map(
      ([, at]) => new Date(`${at?.replace(" ", "T")}Z`),
    );
    expect(elapses, name).toHaveLength(3);
    for (const at of elapses) expect([name, matches(cron, at)]).toEqual([name, true]);
  }
});

/** A naive reading of a cron line's five fields: numbers, `*`, and steps of `*`. */
function matches(cron: string, at: Date): boolean {
  const values = [at.getUTCMinutes(), at.getUTCHours(), at.getUTCDate(), at.getUTCMonth() + 1, at.getUTCDay()];
  return cron.split(" ").every((field, i) => {
    const step = /^\*\/(\d+)$/.exec(field)?.[1];
    return field === "*" || (step ? values[i]! % Number(step) === 0 : values[i] === Number(field));
  });
}
