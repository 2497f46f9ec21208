import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tm-format-"));
  for (const name of ["flows", "logs"]) mkdirSync(join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]) {
  const words = [
    "--import",
    import.meta.resolve("tsx"),
    "--conditions=source",
    MAIN,
    "-L",
    join(folder, "own"),
    ...args,
  ];
  return spawnSync(process.execPath, words, { encoding: "utf8" });
}

test("a source that is not there is told in two lines", () => {
  const { status, stderr } = run("--source", "nfdump", "-N", join(folder, "nowhere"), "-D", join(folder, "logs"));
  expect(status).toBe(74);
  expect(stderr).toMatch(
    /^trafMon_FormatNetFlow: cannot read .*nowhere.* \[NETFLOW_SOURCE_UNREADABLE\]\n {2}Name the root/,
  );
});

test("SiLK that is not installed is told, with what to do", () => {
  const places = ["-N", join(folder, "flows"), "-D", join(folder, "logs"), "-s", join(folder, "flows")];
  const { status, stderr } = run(...places);
  expect(status).toBe(78);
  expect(stderr).toMatch(/cannot run .*rwfilter.* \[NETFLOW_TOOL_MISSING\]/);
});

test("a damaged file of flows is told by the exit code and the summary", () => {
  const now = new Date();
  const stamp = now.toISOString().replace(/[-T:]/g, "").slice(0, 10);
  writeFileSync(join(folder, "flows", `nfcapd.${stamp}00`), "junk");
  const { status, stdout } = run(
    "--source",
    "nfdump",
    "-N",
    join(folder, "flows"),
    "-D",
    join(folder, "logs"),
    "-H",
    "1",
  );
  expect(stdout).toMatch(
    /UTC: 0 flows, 0 packets, 0 bytes; 0 files written, 0 unchanged; 1 files of flows are damaged/,
  );
  expect(status).toBe(65);
});
