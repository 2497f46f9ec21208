import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LedgerRow } from "../../ledger/ledger-rows.ts";
import { canServe, FAR4, FAR6, FarSite, linesOf, OTHER4, OTHER6 } from "../../testing/far-site.ts";
import { type Played, play } from "../../testing/play.ts";
import type { Play } from "../../testing/play-program.ts";
import type { DataMode } from "./data-connection.ts";
import { dataModeOf } from "./ftp-session.ts";

const LOGIN = { user: "trafgen", password: "trafgen" };
const TOS = 0x48;
const MODES: Readonly<Record<string, readonly DataMode[]>> = {
  [FAR4]: ["PASV", "EPSV", "PORT", "EPRT"],
  [FAR6]: ["EPSV", "EPRT"],
};
const UPLOAD_BYTES = 300_007;

function session(address: string, mode: DataMode): Play {
  const name = `upload/${mode}-${address.length}`;
  return {
    kind: "ftp",
    server: { address, port: 21 },
    login: LOGIN,
    options: { localAddress: address === FAR4 ? OTHER4 : OTHER6, tos: TOS, timeoutMs: 60_000 },
    transfers: [
      { command: "RETR", path: "1m.bin", mode },
      { command: "STOR", path: name, mode, uploadBytes: UPLOAD_BYTES },
      { command: "RETR", path: "1m.bin", mode, restartOffset: 1_000_000 },
      { command: "STOR", path: name, mode, restartOffset: UPLOAD_BYTES, uploadBytes: 5000 },
      { command: "APPE", path: name, mode, uploadBytes: 1 },
      { command: "STOR", path: `${name}-empty`, mode, uploadBytes: 0 },
      { command: "LIST", path: "upload", mode },
      { command: "NLST", path: null, mode },
      { command: "RETR", path: "no-such.bin", mode },
      { command: "STOR", path: "no-such/folder", mode, uploadBytes: 10 },
      { command: "RETR", path: "10m.bin", mode, abortAfterBytes: 200_000 },
      { command: "RETR", path: "1k.bin", mode },
    ],
  };
}

test("modes by the words of operators", () => {
  const words = ["passive", "active", "epsv", "eprt"] as const;
  expect(words.map((word) => dataModeOf(word, 4))).toEqual(["PASV", "PORT", "EPSV", "EPRT"]);
  expect(words.map((word) => dataModeOf(word, 6))).toEqual(["EPSV", "EPRT", "EPSV", "EPRT"]);
});

describe.skipIf(!canServe())("against vsftpd", () => {
  let site: FarSite;
  let played: Played;
  let rows: LedgerRow[];
  const sessions = Object.entries(MODES).flatMap(([address, modes]) => modes.map((mode) => session(address, mode)));

  beforeAll(async () => {
    site = await FarSite.start(["ftp"]);
    played = await play(site, sessions);
    rows = played.rows("transfers");
  });
  afterAll(() => site?.stop());

  test("every mode, command and offset has its outcome and bytes", () => {
    const one = rows
      .slice(0, 12)
      .map(({ command, outcome, bytes, reply_code }) => [command, outcome, bytes, reply_code]);
    expect(one.map((line) => line.join(" "))).toEqual([
      "RETR complete 1048576 226",
      `STOR complete ${UPLOAD_BYTES} 226`,
      "RETR complete 48576 226",
      "STOR complete 5000 226",
      "APPE complete 1 226",
      "STOR complete 0 226",
      expect.stringMatching(/^LIST complete \d+ 226$/),
      "NLST complete 58 226",
      "RETR failed 0 550",
      "STOR failed 0 553",
      expect.stringMatching(/^RETR aborted \d+ 426$/),
      "RETR complete 1024 226",
    ]);
    for (const mode of [1, 2, 3, 4, 5]) {
      const other = rows.slice(mode * 12, mode * 12 + 12);
      const kinds = (lines: LedgerRow[]) =>
        lines.map(({ command, outcome, reply_code }) => [command, outcome, reply_code]);
      expect(kinds(other)).toEqual(kinds(rows.slice(0, 12)));
    }
    expect(rows.map(({ mode }) => mode).filter((_, i) => i % 12 === 0)).toEqual(Object.values(MODES).flat());
  });

  test("payload bytes of each data connection are those of the wire", async () => {
    const fields = ["tcp.srcport", "tcp.dstport", "tcp.len", "tcp.seq", "ip.src", "ipv6.src"];
    const packets = await site.packets("tcp and not tcp.port == 21", fields);
    // Distinct bytes: the largest sequence number, in case something was sent twice.
    const sums = new Map<string, number>();
    for (const [from, to, length, sequence, v4, v6] of packets) {
      const isFromFar = v4! + v6! === FAR4 || v4! + v6! === FAR6;
      const key = `${v4 === "" ? 6 : 4} ${isFromFar ? `${to} ${from}` : `${from} ${to}`}`;
      const sum = sums.get(key) ?? 0;
      if (Number(length) > 0) sums.set(key, Math.max(sum, Number(sequence) + Number(length) - 1));
      else sums.set(key, sum);
    }
    const told = rows.filter(({ outcome, bytes }) => outcome === "complete" && bytes !== "0");
    for (const { server, data_address, data_port, bytes } of told) {
      const isPassive = data_address === server;
      const found = [...sums].filter(([key]) => {
        const [family, near, far] = key.split(" ");
        return family === (server === FAR6 ? "6" : "4") && (isPassive ? far : near) === data_port;
      });
      expect(found.map(([, sum]) => String(sum))).toContain(bytes);
    }
    expect(told.length).toBe(6 * 8);
  });

  test("the commands on the wire are those of the ledger, in their order", async () => {
    const commands = ["RETR", "STOR", "APPE", "LIST", "NLST"];
    const packets = await site.packets("ftp.request", ["ftp.request.command", "ftp.request.arg", "tcp.srcport"]);
    const seen = packets
      .filter(([command]) => commands.includes(command!))
      .map((line) => line.join(" ").replace("  ", " "));
    const told = rows.map(({ command, path, client_port }) =>
      [command, path ?? "", client_port].join(" ").replace("  ", " "),
    );
    expect(told).toEqual(seen);
    expect(packets.map(([command]) => command).filter((command) => command === "ABOR")).toHaveLength(6);
  });

  test("the server's own log has the same transfers", () => {
    // xferlog(5): bytes, file name, ..., direction i or o, ..., c complete or i incomplete.
    const logged = linesOf(site.served("log/xferlog")).map((line) => line.split(" ").filter((word) => word !== ""));
    const kinds = logged.map((words) => `${words[11] === "i" ? "in" : "out"} ${words[7]} ${words.at(-1)}`);
    const files = rows.filter(({ command }) => command === "RETR" || command === "STOR" || command === "APPE");
    const complete = files.filter(({ outcome }) => outcome === "complete");
    const told = complete.map(({ command, bytes }) => `${command === "RETR" ? "out" : "in"} ${bytes} c`);
    expect(kinds.filter((kind) => kind.endsWith(" c"))).toEqual(told);
  });

  test("what was uploaded in three parts is one file on the server", () => {
    for (const name of ["PASV", "EPSV", "PORT", "EPRT"]) {
      expect(readFileSync(site.served(`ftp/trafgen/upload/${name}-9`)).length).toBe(UPLOAD_BYTES + 5000 + 1);
    }
  });

  test("the ToS is on control and data connections, on the SYN-ACK of an active one too", async () => {
    // Resets, and acknowledgements after the end, are the kernel's own and have what it likes.
    const filter = "(tcp.len > 0 or tcp.flags.syn == 1) and (ip.dst == 10.55.0.2 or ipv6.dst == fd55::2)";
    const packets = await site.packets(filter, ["ip.dsfield", "ipv6.tclass"]);
    expect(new Set(packets.map(([v4, v6]) => Number(`${v4}${v6}`)))).toEqual(new Set([TOS]));
    const handshakes = await site.packets(`${filter} and tcp.flags.syn == 1 and tcp.flags.ack == 1`, ["frame.number"]);
    expect(handshakes.length).toBeGreaterThan(20);
  });

  test("instants of a transfer stand in their order", () => {
    for (const row of rows.filter(({ outcome, bytes }) => outcome === "complete" && bytes !== "0")) {
      const instants = [row.command_ns, row.first_byte_ns, row.last_byte_ns].map((text) => BigInt(text!));
      expect(instants).toEqual([...instants].sort((a, b) => (a < b ? -1 : 1)));
      expect(BigInt(row.reply_ns!) - BigInt(row.command_ns!)).toBeGreaterThan(0n);
    }
  });
});

describe.skipIf(!canServe())("refused", () => {
  let site: FarSite;
  beforeAll(async () => {
    site = await FarSite.start(["ftp", "http"]);
  });
  afterAll(() => site?.stop());

  test("why a session cannot be opened, or a mode used, is told", async () => {
    const transfers = [{ command: "RETR", path: "1k.bin", mode: "PASV" }] as const;
    const open = (address: string, port: number, password: string): Play => ({
      kind: "ftp",
      server: { address, port },
      login: { ...LOGIN, password },
      // The web server on port 80 says nothing.
      options: { timeoutMs: port === 80 ? 4000 : 60_000 },
      transfers,
    });
    const { results, rows } = await play(site, [
      open(FAR4, 22, "trafgen"),
      open(FAR4, 21, "wrong"),
      open(FAR4, 80, "trafgen"),
      open(FAR6, 21, "trafgen"),
    ]);
    expect(results.map(({ refusal }) => refusal)).toEqual([
      expect.stringContaining("ECONNREFUSED"),
      "the server does not let us log in: 530 Login incorrect.",
      "no reply within 4000 ms",
      null,
    ]);
    expect(results[3]!.transfers[0]!.trouble).toBe("PASV knows no IPv6 addresses: use EPSV");
    expect(rows("transfers")).toEqual([]);
  });
});
