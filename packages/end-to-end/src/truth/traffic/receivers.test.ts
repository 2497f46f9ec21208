import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../../site/built-programs.ts";
import { Namespace } from "../network/namespace.ts";
import { missingMeans } from "../truth-means.ts";

const PROGRAM = join(ROOT, "packages/trafgen/receivers/trafgen_receivers");

function trafgenReceivers(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(PROGRAM, words, { encoding: "utf8" });
  return { status, stdout, stderr };
}

/** Whether servers can be run. Prints why not; on a CI machine that is a failure. */
function canRun(): boolean {
  const missing = missingMeans();
  if (missing.length === 0) return true;
  const reason = `trafgen_receivers is not run: ${missing.join("; ")}`;
  if (process.env.CI === "true") throw new Error(reason);
  process.stderr.write(`skipped: ${reason}\n`);
  return false;
}

test("what is wrong on the command line is told, with what to do", () => {
  expect(trafgenReceivers("start", "--set", "colour=red")).toMatchObject({
    status: 64,
    stderr: expect.stringMatching(/^trafgen_receivers: there is no setting colour\n {2}These exist: daemons /),
  });
  expect(trafgenReceivers("start", "stop")).toMatchObject({ status: 64 });
  expect(trafgenReceivers("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("Example") });
});

test("a dry run of the installation names every step, and takes none", () => {
  const { status, stdout } = trafgenReceivers("install", "--dry-run", "--address", "192.0.2.7");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^trafgen_receivers will:\n( {2}- .*\n)+$/);
  expect(existsSync("/usr/local/lib/trafgen-receivers")).toBe(false);
});

describe.skipIf(!canRun())("in a namespace", () => {
  let folder: string;
  let space: Namespace;
  const there = () => ["--netns", space.name, "--folder", folder];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tm-receivers-"));
    space = Namespace.make("receivers");
    space.run("ip", "addr", "add", "192.0.2.7/32", "dev", "lo");
    space.run("ip", "addr", "add", "2001:db8::7/128", "dev", "lo", "nodad");
  });

  afterAll(() => {
    trafgenReceivers("stop", "--folder", folder);
    space.remove();
    rmSync(folder, { recursive: true });
  });

  test("they listen when start returns, only where they were told to, and serve what they were told to", () => {
    const addresses = ["--address", "192.0.2.7", "--address", "2001:db8::7"];
    const settings = ["--set", "files=a.bin:1234", "--set", "dns_zone=far.test"];
    expect(trafgenReceivers("start", ...there(), ...addresses, ...settings)).toMatchObject({ status: 0 });
    const sockets = space.run("ss", "-Hlntu").trimEnd().split("\n");
    const local = sockets.map((line) => line.split(/\s+/)[4]!).filter((end) => !end.startsWith("127."));
    for (const port of [21, 53, 80, 443, 123, 161])
      for (const address of ["192.0.2.7", "[2001:db8::7]"]) expect(local).toContain(`${address}:${port}`);
    expect(local.filter((end) => !/^(192\.0\.2\.7|\[2001:db8::7\]):/.test(end))).toEqual([]);
    expect(readFileSync(join(folder, "web/a.bin")).length).toBe(1234);
    expect(readFileSync(join(folder, "ftp/alice/a.bin")).length).toBe(1234);
    // 32 nibbles of the address, the last first (RFC 3596).
    const zone = readFileSync(join(folder, "dns/reverse6"), "utf8");
    expect(zone).toContain(`7.${"0.".repeat(23)}8.b.d.0.1.0.0.2 IN PTR ns1.far.test.`);
    expect(readFileSync(join(folder, "dns/reverse4"), "utf8")).toContain("7.2.0.192 IN PTR ns1.far.test.");
  });

  test("a second start is refused, here and elsewhere", () => {
    expect(trafgenReceivers("start", ...there())).toMatchObject({ status: 75 });
    const other = trafgenReceivers(
      "start",
      "--netns",
      space.name,
      "--folder",
      `${folder}-other`,
      "--address",
      "192.0.2.7",
    );
    expect(other).toMatchObject({ status: 69, stderr: expect.stringMatching(/port \d+ .* is taken in namespace/) });
  });

  test("stop ends exactly those it started", () => {
    expect(trafgenReceivers("status", "--folder", folder)).toMatchObject({ status: 0 });
    // A process id that came to belong to somebody else meanwhile.
    const stranger = join(folder, "run/stranger.pid");
    writeFileSync(stranger, `${process.pid} 1\n`);
    expect(trafgenReceivers("status", "--folder", folder)).toMatchObject({
      status: 69,
      stdout: expect.stringMatching(/^stranger +ended/m),
    });
    expect(trafgenReceivers("stop", "--folder", folder)).toMatchObject({ status: 0 });
    expect(space.run("ss", "-Hlntu")).toBe("");
    expect(trafgenReceivers("status", "--folder", folder)).toMatchObject({ status: 69 });
  });
});
