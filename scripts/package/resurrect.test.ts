import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
// @ts-expect-error a plain script, run by node as it is
import { root } from "./programs.mjs";

const sample = (name: string) => join(root, "etc/resurrect", `${name}.sh.sample`);

let folder: string;
let pids: number[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "resurrect-"));
  pids = [];
});
afterEach(() => {
  for (const pid of new Set([...pids, ...starts()])) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It is gone already.
    }
  }
  rmSync(folder, { recursive: true, force: true });
});

/** A program of that name which notes its start and stays, run by an interpreter as ours are by node. */
function standIn(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho $$ >>${join(folder, "starts")}\necho hello\nwhile :; do sleep 0.05; done\n`);
  chmodSync(path, 0o755);
  return path;
}

function starts(): number[] {
  const path = join(folder, "starts");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").map(Number) : [];
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 20_000 && !isSo(); tries++) await new Promise((done) => setTimeout(done, 10));
  expect(isSo()).toBe(true);
}

test.each([
  ["trafMon_probeResurrect", "tmon_probe", (command: string, log: string) => [command, log]],
  ["trafMon_serverResurrect", "tmon_collector", (command: string, log: string) => [log, command]],
])("%s starts what does not run, once, and starts it again after its death", async (script, name, words) => {
  const [command, log] = [`${standIn(name)} one`, join(folder, "resurrect.log")];
  const run = () => execFileSync("sh", [sample(script), ...words(command, log)]);
  run();
  await until(() => starts().length === 1);
  run();
  run();
  process.kill(starts()[0]!, "SIGKILL");
  await until(
    () => !existsSync(`/proc/${starts()[0]}`) || readFileSync(`/proc/${starts()[0]}/stat`, "utf8").includes(") Z "),
  );
  run();
  await until(() => starts().length === 2);
  const text = readFileSync(log, "utf8");
  expect(text.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ starting: .* one$/gm)).toHaveLength(2);
  expect(text).toContain("hello");
});

test("one of another name does not stand for the one that is asked for", async () => {
  const [program, log] = [standIn("tmon_probe"), join(folder, "resurrect.log")];
  execFileSync("sh", [sample("trafMon_probeResurrect"), `${program} one`, log]);
  await until(() => starts().length === 1);
  execFileSync("sh", [sample("trafMon_probeResurrect"), `${program} two`, log]);
  await until(() => starts().length === 2);
});

test("an empty word leaves collector and server alone; too many words are refused", () => {
  const log = join(folder, "resurrect.log");
  execFileSync("sh", [sample("trafMon_serverResurrect"), log, "", "", ""]);
  expect(existsSync(log)).toBe(false);
  expect(spawnSync("sh", [sample("trafMon_serverResurrect"), log, "", "", "", ""]).status).toBe(64);
  expect(spawnSync("sh", [sample("trafMon_probeResurrect"), ""]).status).toBe(64);
});
