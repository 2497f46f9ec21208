import { TCP_SYN } from "@trafmon/packet";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ALL_MEASUREMENTS, flowClass } from "../../testing/analysis-settings.ts";
import { FtpConversation, V4_SIDES } from "../../testing/ftp-conversation.ts";

const { ftpCounters, ftpTransfers } = ALL_MEASUREMENTS;
/** FTP alone, for tests of many conversations. */
const FTP_ALONE = [flowClass({ measure: { ftpCounters, ftpTransfers } })];

const DIALOGUE = [
  ...[
    "< 220 hello",
    "> USER alice",
    "< 331 who",
    "> PASS Geheim7",
    "< 230-in",
    "< 230 in",
    "> PASV",
    "< 227 (192,0,2,1,8,1)",
  ],
  ...["> RETR a.bin", "< 150 ok", "< 226 done", "> EPRT |1|10.0.0.9|2050|", "< 200 ok", "> STOR \xff\xffb", "< 150 ok"],
  ...["< 226 done", "> CWD x", "< 250 ok", "> QUIT", "< 221 bye"],
];
const EXPECTED = [
  {
    user: "alice",
    command: "RETR",
    path: "a.bin",
    mode: "PASV",
    code: 226,
    bytes: 0,
    outcome: "data connection unseen",
  },
  {
    user: "alice",
    command: "STOR",
    path: "\\xffb",
    mode: "EPRT",
    code: 226,
    bytes: 0,
    outcome: "data connection unseen",
  },
];

/** Everything that was recorded. */
function textOf({ kept }: FtpConversation): string {
  return JSON.stringify(kept.all, (_, value) => (typeof value === "bigint" ? String(value) : value));
}

test("however a dialogue is cut into segments, doubled and reordered, the same is told", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(12), { minLength: 1, maxLength: 40 }),
      fc.array(fc.nat(3), { maxLength: 60 }),
      (cuts, faults) => {
        const ftp = new FtpConversation(V4_SIDES, FTP_ALONE);
        ftp.control.open();
        let cut = 0;
        let fault = 0;
        for (const line of DIALOGUE) {
          const from = line.startsWith(">") ? "opener" : "listener";
          let rest = `${line.slice(2)}\r\n`;
          const pieces: string[] = [];
          while (rest !== "") {
            const length = 1 + (cuts[cut++ % cuts.length] ?? 0);
            pieces.push(rest.slice(0, length));
            rest = rest.slice(length);
          }
          ftp.control.sendFaulty(from, pieces, () => faults[fault++ % Math.max(1, faults.length)] ?? 0);
        }
        expect(ftp.transfers()).toEqual(EXPECTED);
        expect(ftp.count("logins_accepted")).toBe(1);
      },
    ),
    { numRuns: 60 },
  );
});

test("any bytes whatever on a control connection: no error, no password, bounded records", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
    fc.constantFrom(...DIALOGUE.map((line) => `${line.slice(2)}\r\n`)),
    fc.constantFrom(
      "PASS Geheim7\r\n",
      "pass Geheim7\n",
      "ACCT Geheim7\r\n",
      "PASS Geheim7",
      "\r\n",
      "\n",
      "\xff",
      "\xff\xf4",
      "999 x\r\n",
    ),
    fc.constantFrom(
      "ABOR\r\n",
      "STAT\r\n",
      "REST 1\r\n",
      "EPSV\r\n",
      "229 (|||77|)\r\n",
      "125 ok\r\n",
      "425 no\r\n",
      "AUTH TLS\r\n",
    ),
  );
  const step = fc.record({ isClient: fc.boolean(), text: piece, isLost: fc.nat(9).map((n) => n === 0) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, isWhole) => {
      const ftp = new FtpConversation(V4_SIDES, FTP_ALONE);
      if (isWhole) ftp.control.open();
      for (const { isClient, text, isLost } of steps) {
        ftp.control.send(isClient ? "opener" : "listener", text, 16, !isLost);
      }
      const transfers = ftp.transfers();
      expect(transfers.length).toBe(ftp.count("transfers_started"));
      const ended = ["transfers_completed", "transfers_failed", "transfers_aborted"].map((column) =>
        ftp.count(column as never),
      );
      const unknown = transfers.filter(({ outcome }) => outcome === "unknown").length;
      expect(ended.reduce((sum, each) => sum + each, 0) + unknown).toBe(transfers.length);
      expect(textOf(ftp)).not.toContain("Geheim");
    }),
    { numRuns: 200 },
  );
});

test("every shorter beginning of a session is told without error", () => {
  const text = DIALOGUE.map((line) => `${line.slice(2)}\r\n`).join("");
  for (let length = 0; length < text.length; length++) {
    const ftp = new FtpConversation(V4_SIDES, FTP_ALONE);
    ftp.control.open();
    let left = length;
    for (const line of DIALOGUE) {
      const bytes = `${line.slice(2)}\r\n`.slice(0, left);
      left -= bytes.length;
      if (bytes !== "") ftp.control.send(line.startsWith(">") ? "opener" : "listener", bytes);
    }
    const transfers = ftp.transfers();
    expect(transfers.map(({ command }) => command)).toEqual(["RETR", "STOR"].slice(0, transfers.length));
    for (const { code, outcome } of transfers) if (code === null) expect(outcome).toBe("unknown");
  }
});

test("passwords, accounts and tokens are in no record and in no event", () => {
  const ftp = new FtpConversation();
  ftp.control.open();
  ftp.say("< 220 hello", "> USER alice", "< 331 who", "> PASS Geheim7", "< 332 account", "> ACCT Geheim7", "< 230 in");
  ftp.say("> SITE PSWD Geheim7 Geheim8", "< 200 ok", "> ADAT Geheim7", "< 503 no", "> PASSx Geheim7", "< 500 what");
  ftp.say("> RETR a.bin", "< 550 no", "> pass Geheim7", "< 503 no");
  // Its head is lost before the tap.
  ftp.control.send("opener", "PASS Ge", 16, false).send("opener", "heim7\r\nNOOP\r\n").send("listener", "530 no\r\n");
  // And here the tail of it.
  ftp.control
    .send("opener", "PASS Geheim7")
    .send("opener", "8\r\n", 16, false)
    .send("listener", "530 no\r\n")
    .send("opener", "NOOP\r\n");
  expect(ftp.transfers()).toHaveLength(1);
  expect(textOf(ftp)).not.toMatch(/[Gg]eheim|heim7/);
});

test("a session that goes over to TLS says so once, and nothing else", () => {
  const ftp = new FtpConversation();
  ftp.control.open();
  ftp.say("< 220 hello", "> AUTH TLS", "< 234 go on");
  ftp.control.send("opener", "\x16\x03\x01RETR x\r\nUSER y\r\n").send("listener", "\x16\x03\x03\r\n226 no\r\n");
  ftp.say("> RETR a.bin");
  expect(ftp.transfers()).toEqual([]);
  expect(ftp.kept.of("event")).toMatchObject([{ code: "ftp_sessions_encrypted", severity: "info" }]);
  expect(JSON.parse(ftp.kept.of("event")[0]!.parameters)).toEqual({ sessions: 1, servers: { "192.0.2.1:21": 1 } });
  expect(ftp.count("sessions_opened")).toBe(1);
});

test("TLS is known by its handshake where the reply was missed, or none was asked for", () => {
  for (const lines of [["< 220 hello", "> AUTH TLS"], []]) {
    const ftp = new FtpConversation();
    ftp.control.open();
    ftp.say(...lines);
    ftp.control.send("opener", Uint8Array.of(22, 3, 1, 0, 5, 10, 82, 69, 84, 82, 32, 120, 13, 10));
    ftp.say("> RETR a.bin");
    expect(ftp.transfers()).toEqual([]);
    expect(ftp.kept.of("event")).toHaveLength(1);
  }
});

test("a refused AUTH changes nothing", () => {
  const ftp = new FtpConversation();
  ftp.control.open();
  ftp.say(
    "< 220 hello",
    "> AUTH TLS",
    "< 534 no",
    "> USER alice",
    "< 331 who",
    "> PASS x",
    "< 230 in",
    "> RETR a.bin",
    "< 550 no",
  );
  expect(ftp.transfers()).toHaveLength(1);
  expect(ftp.kept.of("event")).toHaveLength(0);
});

test("long names are cut and say so, at a whole character; endless lines cost no memory", () => {
  const ftp = new FtpConversation().login();
  ftp.say(`> RETR ${"x".repeat(512)}`, "< 550 no", `> RETR ${"x".repeat(513)}`, "< 550 no");
  ftp.say(`> RETR ${"\xc3\xa4".repeat(1000)}`, "< 550 no");
  ftp.control.send("opener", "RETR ");
  for (let index = 0; index < 2000; index++) ftp.control.send("opener", "y".repeat(1000));
  ftp.say("> ", "< 501 too long", "> RETR z", "< 550 no");
  const paths = ftp.transfers().map(({ path }) => path);
  expect(paths).toEqual([
    "x".repeat(512),
    `${"x".repeat(512)}... (1 more bytes)`,
    `${"ä".repeat(256)}... (1488 more bytes)`,
    `${"y".repeat(512)}... (${2_000_000 - 512} more bytes)`,
    "z",
  ]);
});

test("floods of commands, agreements and unfinished replies stay within bounds, and what is given up is told", () => {
  const ftp = new FtpConversation().login();
  const before = ftp.analysis.figures.memoryBytes;
  ftp.control.send("opener", "NOOP\r\n".repeat(5000));
  ftp.control.send("opener", Array.from({ length: 5000 }, (_, port) => `EPRT |1|10.0.0.9|${1 + port}|\r\n`).join(""));
  ftp.control.send("opener", "RETR a\r\n".repeat(3000));
  ftp.control.send(
    "listener",
    Array.from({ length: 5000 }, (_, port) => `227 (192,0,2,1,${port >> 8},${(port & 255) | 1})\r\n`).join(""),
  );
  ftp.control.send("listener", `220-${"x".repeat(1000)}\r\n`.repeat(100));
  ftp.wait(10_000);
  // 3000 transfers of which 64 can await their reply.
  const settled = ftp.kept.of("ftptf").length;
  expect(settled).toBeGreaterThanOrEqual(3000 - 64 - 32);
  expect(ftp.analysis.figures.memoryBytes - before).toBeLessThan(5_000_000);
  expect(ftp.transfers()).toHaveLength(3000);
  const told = ftp.kept.of("event").filter(({ code }) => code === "ftp_given_up");
  expect(told.length).toBeGreaterThan(0);
  expect(JSON.parse(told[0]!.parameters).commands).toBeGreaterThan(10_000);
});

test("many sessions that agree on much leave nothing behind when they end", () => {
  const ftp = new FtpConversation(V4_SIDES);
  for (let session = 0; session < 300; session++) {
    const control = ftp.connection({ address: "10.0.0.9", port: 1000 + session }, V4_SIDES.server).open();
    control.send("listener", "220 hello\r\n").send("opener", "PASV\r\n").send("listener", "227 (192,0,2,1,200,1)\r\n");
    control.send("opener", "RETR a\r\n");
    if (session % 2 === 0) control.close();
    else control.reset();
  }
  ftp.wait(10_000);
  // Nobody waits for that port any more.
  ftp
    .passive(200 * 256 + 1)
    .open()
    .close();
  const transfers = ftp.transfers();
  expect(transfers).toHaveLength(300);
  expect(transfers.every(({ outcome }) => outcome === "aborted")).toBe(true);
  expect(ftp.kept.of("flow").find(({ rev_port }) => rev_port === 51_201)!.service).toBe(null);
});

test("that a transfer's connection may have been forgotten is told; not that other connections were", () => {
  const classes = [flowClass({ measure: { ftpCounters, ftpTransfers: { ...ftpTransfers!, windowS: 30 } } })];
  for (const others of [8000, 17_000]) {
    const ftp = new FtpConversation(V4_SIDES, classes, { maxStepS: 100 });
    for (let port = 0; port < others; port++) {
      ftp.connection({ address: "10.1.1.1", port }, { address: "10.2.2.2", port }).send("opener", "", TCP_SYN);
    }
    ftp.login().wait(3000);
    const given = () => ftp.kept.of("event").filter(({ code }) => code === "ftp_given_up");
    expect(given()).toEqual([]);
    ftp.say("> PASV", "< 227 (192,0,2,1,200,1)", "> RETR a", "< 226 done");
    expect(ftp.transfers()).toMatchObject([{ outcome: "data connection unseen" }]);
    expect(given().map(({ parameters }) => parameters)).toEqual(others > 16_384 ? ['{"connections":1}'] : []);
  }
});
