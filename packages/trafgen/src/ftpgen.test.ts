import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readFtpgenOptions } from "./ftpgen-options.ts";
import { ledgerRows } from "./ledger/ledger-rows.ts";
import { canServe, FAR4, FAR6, FarSite, fromSource } from "./testing/far-site.ts";

const PROGRAM = fromSource("../ftpgen-main.ts");

function ftpgen(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...PROGRAM, ...args], {
    encoding: "utf8",
    cwd: import.meta.dirname + "/..",
  });
  return { status, stdout, stderr };
}

test("the command line is the original's, with what it had no words for", () => {
  expect(readFtpgenOptions(["host", "user", "secret", "5"], {})).toMatchObject({
    host: "host",
    user: "user",
    password: "secret",
    connections: 5,
    file: "totransfer.tar",
    remote: "totransfer.tar.%n",
    direction: "put",
    mode: "passive",
    port: 21,
    repeat: 1,
    ledger: null,
  });
  expect(readFtpgenOptions(["h", "u", "p", "1", "a/b.tar"], {}).remote).toBe("b.tar");
  expect(readFtpgenOptions(["--direction", "get", "h", "u", "p", "9", "a/b.tar"], {}).remote).toBe("a/b.tar");
  expect(readFtpgenOptions(["-6", "h", "u", "-", "1"], { TRAFGEN_FTP_PASSWORD: "quiet" })).toMatchObject({
    family: 6,
    password: "quiet",
  });
  expect(() => readFtpgenOptions(["h", "u", "-", "1"], {})).toThrow("TRAFGEN_FTP_PASSWORD is not set");
  for (const args of [
    ["h", "u", "p", "0"],
    ["h", "u", "p", "many"],
    ["h", "u\r\nDELE x", "p", "1"],
    ["-4", "-6", "h", "u", "p", "1"],
  ])
    expect(() => readFtpgenOptions(args, {})).toThrow("cannot use the command line");
});

test("a file that is not there is told in two lines, before anybody is called", () => {
  const { status, stdout, stderr } = ftpgen("host.invalid", "user", "secret", "2", "no-such.tar");
  expect({ status, stdout }).toEqual({ status: 74, stdout: "" });
  expect(stderr).toBe(
    "ftpgen: cannot upload no-such.tar: there is no such file [TRAFGEN_FILE_MISSING]\n" +
      "  Name a file that exists, or let one be made: --make-file 10MB\n",
  );
});

test("a host that is not there is told", () => {
  const { status, stderr } = ftpgen("--direction", "get", "host.invalid", "user", "secret", "1");
  expect(status).toBe(69);
  expect(stderr).toContain("ftpgen: cannot find host.invalid: ");
});

describe.skipIf(!canServe())("against vsftpd", () => {
  let site: FarSite;
  beforeAll(async () => {
    site = await FarSite.start(["ftp"]);
  });
  afterAll(() => site?.stop());

  async function run(...args: readonly string[]) {
    const child = site.spawnNear(process.execPath, [...PROGRAM, ...args]);
    return ended(child);
  }

  async function ended(child: ReturnType<FarSite["spawnNear"]>) {
    const said = { stdout: "", stderr: "" };
    child.stdout!.on("data", (text) => {
      said.stdout += text;
    });
    child.stderr!.on("data", (text) => {
      said.stderr += text;
    });
    const [status] = await once(child, "close");
    return { status: status as number | null, ...said };
  }

  test("uploads are on the server, each by its own name, and in the ledger", async () => {
    const local = join(site.folder, "made.tar");
    const ledger = join(site.folder, "uploads");
    const args = ["--make-file", "300kB", "--remote", "upload/made.%n", "--repeat", "2", "--ledger", ledger];
    const { status, stdout, stderr } = await run(...args, FAR4, "trafgen", "trafgen", "4", local);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("8 transfers: 8 complete, 0 failed; 2 400 000 bytes in ");
    expect(statSync(local).size).toBe(300_000);
    for (const connection of [1, 2, 3, 4])
      expect(statSync(site.served(`ftp/trafgen/upload/made.${connection}`)).size).toBe(300_000);
    const rows = ledgerRows(ledger, "transfers");
    expect(rows.map(({ command, bytes, outcome, mode }) => `${command} ${bytes} ${outcome} ${mode}`)).toEqual(
      Array(8).fill("STOR 300000 complete PASV"),
    );
    // Four control connections, two transfers over each.
    expect(new Set(rows.map(({ client_port }) => client_port)).size).toBe(4);
  });

  test("downloads over IPv6 in active mode, told as JSON", async () => {
    const args = ["-6", "--direction", "get", "--mode", "active", "--json"];
    const { status, stdout } = await run(...args, FAR6, "trafgen", "trafgen", "3", "64k.bin");
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(status).toBe(0);
    expect(lines.slice(0, 3).map(({ bytes, outcome, replyCode }) => ({ bytes, outcome, replyCode }))).toEqual(
      Array(3).fill({ bytes: 65_536, outcome: "complete", replyCode: 226 }),
    );
    expect(lines[3]).toMatchObject({
      event: "summary",
      planned: 3,
      complete: 3,
      failed: 0,
      aborted: 0,
      bytes: 196_608,
    });
  });

  test("what the server refuses fails, is told with its words, and ends with 69", async () => {
    const { status, stdout } = await run("--direction", "get", FAR4, "trafgen", "trafgen", "2", "no-such.bin");
    expect(status).toBe(69);
    expect(stdout).toContain("1/1 get no-such.bin: failed after 0 bytes: 550 Failed to open file.");
    expect(stdout).toContain("2 transfers: 0 complete, 2 failed; 0 bytes in ");
  });

  test("Ctrl-C ends it with the ledger closed and a summary", async () => {
    const ledger = join(site.folder, "stopped");
    const args = [
      "--direction",
      "get",
      "--repeat",
      "100000",
      "--ledger",
      ledger,
      FAR4,
      "trafgen",
      "trafgen",
      "2",
      "10m.bin",
    ];
    const child = site.spawnNear(process.execPath, [...PROGRAM, ...args]);
    const ending = ended(child);
    // Three lines: what it does, and two transfers.
    let lines = 0;
    child.stdout!.on("data", (text: Buffer) => {
      lines += text.toString().split("\n").length - 1;
      if (lines >= 3) child.kill("SIGINT");
    });
    const { status, stdout } = await ending;
    expect(status).toBe(75);
    expect(stdout).toMatch(/200 000 transfers: \d+ complete, 0 failed, [\d ]+ not done; /);
    const told = Number(/: (\d+) complete/.exec(stdout)![1]);
    const rows = ledgerRows(ledger, "transfers");
    expect(rows.filter(({ outcome }) => outcome === "complete")).toHaveLength(told);
    expect(rows.filter(({ outcome }) => outcome === "failed")).toEqual([]);
  });

  test("connections are open at the same time", async () => {
    // From the first SYN to port 21 to the last FIN of the run with four connections: their spans overlap.
    const packets = await site.packets("tcp.port == 21 and ip", ["tcp.stream", "frame.number", "ftp.request.command"]);
    const first = new Map<string, number>();
    const quit = new Map<string, number>();
    for (const [stream, frame, command] of packets) {
      if (!first.has(stream!)) first.set(stream!, Number(frame));
      if (command === "QUIT") quit.set(stream!, Number(frame));
    }
    const uploads = [...first.keys()].slice(0, 4);
    const latestBegin = Math.max(...uploads.map((stream) => first.get(stream)!));
    expect(Math.min(...uploads.map((stream) => quit.get(stream)!))).toBeGreaterThan(latestBegin);
  });
});
