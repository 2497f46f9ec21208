import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
// @ts-expect-error a plain script, run by node as it is
import { compileCaptureLauncher } from "../launcher/build.mjs";

/** An account that every Debian has, in the place of trafmon. */
const USER = { name: "games", id: 5 };
const OTHER_ID = 7;
const CAP_NET_RAW = 1n << 13n;

const isRoot = process.getuid?.() === 0;
const folder = mkdtempSync(join(tmpdir(), "tmon-capture-"));
const launcher = join(folder, "tmon_capture");

beforeAll(() => {
  chmodSync(folder, 0o755);
  // In the place of node: tells what it was given. /bin/sh would drop nothing of it.
  const teller = join(folder, "teller");
  writeFileSync(
    teller,
    '#!/bin/sh\necho "$@"\nenv\ngrep -E "^(Cap|NoNewPrivs|Umask)" /proc/self/status\npwd\nls /proc/self/fd\n',
  );
  chmodSync(teller, 0o755);
  compileCaptureLauncher({ to: launcher, node: teller, probe: "/the/probe", log: "/the/log/", user: USER.name });
  if (!isRoot) return;
  chownSync(launcher, 0, USER.id);
  chmodSync(launcher, 0o750);
  execFileSync("setcap", ["cap_net_raw+eip", launcher]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function launch(words: readonly string[], uid: number, gid = USER.id) {
  return spawnSync(launcher, words, {
    uid,
    gid,
    encoding: "utf8",
    env: { LD_PRELOAD: "/tmp/evil.so", NODE_OPTIONS: "--require /tmp/evil.js", SECRET: "x", PATH: process.env.PATH },
  });
}

test.runIf(isRoot)(
  "the one program gets CAP_NET_RAW alone, the fixed words, and nothing of the caller's environment",
  () => {
    const { stdout, stderr, status } = launch(["probe-1.lan"], USER.id);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout.split("\n")[0]).toBe("/the/probe -L /the/log/ probe-1.lan");
    for (const word of ["LD_PRELOAD", "NODE_OPTIONS", "SECRET"]) expect(stdout).not.toContain(word);
    const set = (name: string) => BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)$`, "m").exec(stdout)?.[1]}`);
    for (const name of ["CapAmb", "CapEff", "CapPrm", "CapInh"]) expect([name, set(name)]).toEqual([name, CAP_NET_RAW]);
    expect(stdout).toMatch(/^NoNewPrivs:\s*1$/m);
    expect(stdout).toMatch(/^Umask:\s*0027$/m);
    expect(stdout).toMatch(/^\/$/m);
  },
);

test.runIf(isRoot).each([
  [[], 64],
  [["probe1", "more"], 64],
  [["-c"], 64],
  [["--check"], 64],
  [["../probe1"], 64],
  [["a b"], 64],
  [["a;b"], 64],
  [[""], 64],
  [["x".repeat(65)], 64],
])("the words %j are refused", (words, code) => {
  const { stdout, stderr, status } = launch(words, USER.id);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^tmon_capture: cannot .* \[BAD_OPTION\]\n {2}\S.*\n$/);
  expect(status).toBe(code);
});

test.runIf(isRoot)("others are refused: of the group by the program, not of it by its mode, and root too", () => {
  expect(launch(["probe1"], OTHER_ID)).toMatchObject({ status: 77, stdout: "" });
  expect(launch(["probe1"], 0, 0)).toMatchObject({ status: 77, stdout: "" });
  expect((launch(["probe1"], OTHER_ID, OTHER_ID).error as NodeJS.ErrnoException).code).toBe("EACCES");
});

test.runIf(isRoot)("without its capability it says what is missing, and starts nothing", () => {
  const bare = join(folder, "bare");
  writeFileSync(bare, readFileSync(launcher));
  chmodSync(bare, 0o755);
  const { status, stdout, stderr } = spawnSync(bare, ["probe1"], { uid: USER.id, gid: USER.id, encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 77, stdout: "" });
  expect(stderr).toContain("[CAPTURE_FORBIDDEN]");
});

test("the node interpreter has no capability", () => {
  expect(spawnSync("getcap", [process.execPath], { encoding: "utf8" }).stdout).toBe("");
});
