import { expect, test } from "vitest";
import { FtpConversation, V4_SIDES } from "../../testing/ftp-conversation.ts";

/** A listing and a file in passive mode, and what is left out of a test's own. */
const COMPLETE = { user: "alice", path: "a.bin", code: 226, outcome: "complete" } as const;

test("a transfer is told with all that both connections say of it", () => {
  const ftp = new FtpConversation().login();
  ftp.say("> PASV", "< 227 Entering Passive Mode (192,0,2,1,156,64).");
  const connectedMs = ftp.nowMs;
  const data = ftp.passive(40_000).open();
  const commandedMs = ftp.nowMs;
  ftp.say("> RETR a.bin", "< 150 here it comes");
  const firstMs = ftp.nowMs;
  data.send("listener", "12345").send("listener", "678");
  const lastMs = ftp.nowMs - 1;
  data.close();
  const repliedMs = ftp.nowMs;
  ftp.say("< 226 done", "> QUIT", "< 221 bye");
  ftp.control.close();
  ftp.analysis.finish();
  const flows = ftp.kept.of("flow");
  const [transfer] = ftp.kept.of("ftptf");
  const ms = (at: number) => at * 1e6;
  expect(transfer).toEqual({
    flow_id: flows.find(({ rev_port }) => rev_port === 21)!.flow_id,
    session_id: 1,
    client: Uint8Array.of(10, 0, 0, 9),
    client_port: 40_000,
    server: Uint8Array.of(192, 0, 2, 1),
    server_port: 21,
    user: "alice",
    command: "RETR",
    path: "a.bin",
    mode: "PASV",
    data_address: Uint8Array.of(192, 0, 2, 1),
    data_port: 40_000,
    data_flow_id: flows.find(({ rev_port }) => rev_port === 40_000)!.flow_id,
    restart_offset: 0,
    commanded_s: 1_700_000_000,
    commanded_nanos: ms(commandedMs),
    connected_s: 1_700_000_000,
    connected_nanos: ms(connectedMs),
    first_payload_s: 1_700_000_000,
    first_payload_nanos: ms(firstMs),
    last_payload_s: 1_700_000_000,
    last_payload_nanos: ms(lastMs),
    replied_s: 1_700_000_000,
    replied_nanos: ms(repliedMs),
    reply_code: 226,
    bytes: 8,
    throughput_bits_per_s: 64_000,
    outcome: "complete",
  });
  expect(ftp.kept.of("ftpct")).toMatchObject([
    {
      sessions_opened: 1,
      logins_accepted: 1,
      logins_refused: 0,
      transfers_started: 1,
      transfers_completed: 1,
      transfers_failed: 0,
      transfers_aborted: 0,
      fwd_bytes: 0,
      rev_bytes: 8,
    },
  ]);
  expect(flows.find(({ rev_port }) => rev_port === 40_000)!.service).toBe("ftp-data");
});

test("active mode, an upload: the server connects, the client sends", () => {
  const ftp = new FtpConversation().login();
  ftp.say("> PORT 10,0,0,9,200,1", "< 200 ok", "> STOR a.bin", "< 150 send it");
  ftp.active(51_201).open().send("listener", "123").close();
  ftp.say("< 226 got it");
  expect(ftp.transfers()).toEqual([{ ...COMPLETE, command: "STOR", mode: "PORT", bytes: 3 }]);
  expect([ftp.count("fwd_bytes"), ftp.count("rev_bytes")]).toEqual([3, 0]);
});

test("IPv6: EPSV ALL, EPSV and EPRT", () => {
  const ftp = new FtpConversation({
    client: { address: "2001:db8::9", port: 40_000 },
    server: { address: "2001:db8::1", port: 21 },
  }).login();
  ftp.say("> EPSV ALL", "< 200 EPSV ALL ok", "> EPSV", "< 229 Entering Extended Passive Mode (|||6446|)", "> MLSD");
  ftp.passive(6446).open().send("listener", "list").close();
  ftp.say("< 150 here", "< 226 done", "> EPRT |2|2001:db8:0::9|5282|", "< 200 ok", "> APPE a.bin", "< 150 send");
  ftp.active(5282).open().send("listener", "12").close();
  ftp.say("< 226 got it");
  expect(ftp.transfers()).toEqual([
    { ...COMPLETE, command: "MLSD", path: null, mode: "EPSV", bytes: 4 },
    { ...COMPLETE, command: "APPE", mode: "EPRT", bytes: 2 },
  ]);
});

test("lines cut anywhere, several in one segment, replies of several lines", () => {
  const ftp = new FtpConversation();
  const { control } = ftp;
  control.open();
  control
    .send("listener", "220-Welcome\r\n 331 not a code\r\n530 nor this\r\n221-nor this\r\n")
    .send("listener", "220 to ftp\r\n");
  control
    .send("opener", "US")
    .send("opener", "ER ali")
    .send("opener", "ce\r")
    .send("opener", "\nPASS x\r\nPASV\r\nRETR a.bin\r\nQUIT\r\n");
  control
    .send("listener", "331 who\r\n230-in\r\n230-really\r\n23")
    .send("listener", "0 in\r\n227 here (192,0,2,1,4,1)\r");
  const data = ftp.passive(1025).open();
  control.send("listener", "\n150 ok\r\n");
  data.send("listener", "123").close();
  control.send("listener", "226 done\r\n221 bye\r\n");
  expect(ftp.transfers()).toEqual([{ ...COMPLETE, command: "RETR", mode: "PASV", bytes: 3 }]);
  expect(ftp.count("logins_accepted")).toBe(1);
});

test("pipelined transfers each go by what was agreed just before", () => {
  const ftp = new FtpConversation().login();
  ftp.control.send("opener", "PASV\r\nRETR one\r\nPASV\r\nRETR two\r\n");
  ftp.say("< 227 (192,0,2,1,8,1)");
  ftp.passive(2049).open().send("listener", "1").close();
  ftp.say("< 150 one", "< 226 one", "< 227 (192,0,2,1,8,2)");
  ftp.passive(2050).open().send("listener", "22").close();
  ftp.say("< 150 two", "< 226 two");
  expect(ftp.transfers()).toEqual([
    { ...COMPLETE, command: "RETR", mode: "PASV", path: "one", bytes: 1 },
    { ...COMPLETE, command: "RETR", mode: "PASV", path: "two", bytes: 2 },
  ]);
});

test("REST says where the next transfer begins, if the server takes it", () => {
  const ftp = new FtpConversation().login();
  const offsets = [
    ["> REST 250000", "< 350 ok"],
    ["> REST 7", "< 502 no"],
    ["> REST x", "< 350 ok"],
    ["> REST 99999999999999999999", "< 350 ok"],
    [],
  ];
  for (const lines of offsets) ftp.say("> REST 1", "< 350 ok", ...lines, "> RETR a.bin", "< 550 no");
  ftp.analysis.finish();
  expect(ftp.kept.of("ftptf").map(({ restart_offset }) => restart_offset)).toEqual([250_000, 0, 0, 0, 1]);
});

test("who is logged in: USER, PASS, ACCT, REIN and refusals", () => {
  const ftp = new FtpConversation();
  ftp.control.open();
  ftp.say("< 220 hello", "> LIST", "< 530 who are you", "> USER bob", "< 331 who", "> PASS x", "< 530 no");
  ftp.say("> LIST", "< 530 who are you", "> USER anonymous", "< 230 in", "> LIST", "< 550 no");
  ftp.say("> REIN", "< 220 hello", "> LIST", "< 530 who", "> USER carol", "< 331 who", "> PASS x", "< 332 account");
  ftp.say("> ACCT 1", "< 230 in", "> NLST", "< 450 busy", "> QUIT", "< 221 bye");
  expect(ftp.transfers().map(({ user }) => user)).toEqual([null, null, "anonymous", null, "carol"]);
  expect([ftp.count("logins_accepted"), ftp.count("logins_refused")]).toEqual([2, 1]);
  expect(ftp.count("transfers_failed")).toBe(5);
});

test("STAT and NOOP while a transfer is under way do not end it", () => {
  const ftp = new FtpConversation().login();
  ftp.say("> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", "< 150 ok");
  const data = ftp.passive(2049).open().send("listener", "1");
  ftp.control.send("opener", Uint8Array.of(255, 244, 255, 242));
  ftp.say("> STAT", "< 211-status", "< 211 end", "> NOOP", "< 200 ok", "> STAT a.bin", "< 213-a", "< 213 end");
  ftp.say("> XYZZ", "< 500 what");
  data.send("listener", "2").close();
  ftp.say("< 226 done");
  expect(ftp.transfers()).toEqual([{ ...COMPLETE, command: "RETR", mode: "PASV", bytes: 2 }]);
});

test("STOU: the name is the one the server chose", () => {
  const ftp = new FtpConversation().login();
  ftp.say("> PASV", "< 227 (192,0,2,1,8,1)", "> STOU", "< 150 FILE: a.bin.1");
  ftp.passive(2049).open().send("opener", "1").close();
  ftp.say("< 226 done");
  expect(ftp.transfers()).toEqual([{ ...COMPLETE, command: "STOU", path: "a.bin.1", mode: "PASV", bytes: 1 }]);
});

test.each([
  ["426 and 226", ["< 426 aborted", "< 226 ABOR ok"], 426, "aborted"],
  ["one 226 for both", ["< 226 Abort successful"], 226, "aborted"],
  ["225 alone", ["< 225 ABOR ok"], null, "aborted"],
  ["451 and 226", ["< 451 local error", "< 226 ABOR ok"], 451, "aborted"],
  ["it was complete before", ["< 226 Transfer complete", "< 226 ABOR ok"], 226, "complete"],
])("ABOR with Telnet's interrupt: %s", (_, replies, code, outcome) => {
  const ftp = new FtpConversation().login();
  ftp.say("> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", "< 150 ok");
  const data = ftp.passive(2049).open().send("listener", "123");
  ftp.control.send(
    "opener",
    Buffer.concat([Uint8Array.of(255, 244, 255), Uint8Array.of(242), Buffer.from("ABOR\r\n")]),
  );
  data.close();
  ftp.say(...replies, "> PASV", "< 227 (192,0,2,1,8,2)", "> LIST", "< 150 ok");
  ftp.passive(2050).open().send("listener", "list").close();
  ftp.say("< 226 done");
  expect(ftp.transfers()).toEqual([
    { user: "alice", command: "RETR", path: "a.bin", mode: "PASV", code, bytes: 3, outcome },
    { ...COMPLETE, command: "LIST", path: null, mode: "PASV", bytes: 4 },
  ]);
  const isAborted = outcome === "aborted";
  expect([ftp.count("transfers_aborted"), ftp.count("transfers_completed")]).toEqual([
    isAborted ? 1 : 0,
    isAborted ? 1 : 2,
  ]);
});

test.each([
  ["no such file", "< 550 no such file", 550, "failed"],
  ["no data connection", "< 425 cannot open", 425, "failed"],
  ["the connection broke", "< 426 broken", 426, "aborted"],
  ["the server goes down", "< 421 going down", 421, "failed"],
])("a refusal: %s", (_, reply, code, outcome) => {
  const ftp = new FtpConversation().login();
  ftp.say("> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", reply);
  expect(ftp.transfers()).toEqual([
    { user: "alice", command: "RETR", path: "a.bin", mode: "PASV", code, bytes: 0, outcome },
  ]);
});

test("a session that ends before the reply aborts its transfer; one that the probe leaves is unknown", () => {
  const ends = [
    (ftp: FtpConversation) => ftp.control.reset(),
    (ftp: FtpConversation) => ftp.control.close("opener"),
    (_: FtpConversation) => {},
  ];
  const outcomes = ends.map((end) => {
    const ftp = new FtpConversation().login();
    ftp.say("> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", "< 150 ok");
    ftp.passive(2049).open().send("listener", "1234");
    end(ftp);
    return ftp.transfers().map(({ code, bytes, outcome }) => ({ code, bytes, outcome }));
  });
  expect(outcomes).toEqual([
    [{ code: null, bytes: 4, outcome: "aborted" }],
    [{ code: null, bytes: 4, outcome: "aborted" }],
    [{ code: null, bytes: 4, outcome: "unknown" }],
  ]);
});

test("the record waits for the end of the data connection, which may come after the reply", () => {
  const ftp = new FtpConversation().login();
  ftp.say("> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", "< 150 ok");
  const data = ftp.passive(2049).open().send("listener", "1");
  ftp.say("< 226 done", "> QUIT", "< 221 bye");
  ftp.control.close();
  data.send("listener", "23").close();
  expect(ftp.kept.of("ftptf")).toHaveLength(0);
  ftp.wait(20_000);
  expect(ftp.kept.of("ftptf")).toMatchObject([{ bytes: 3, outcome: "complete" }]);
  expect(ftp.transfers()).toHaveLength(1);
  expect(ftp.count("rev_bytes")).toBe(3);
});

test("a transfer whose data connection never ends is written all the same", () => {
  const ftp = new FtpConversation().login();
  ftp.say("> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", "< 150 ok");
  ftp.passive(2049).open().send("listener", "1");
  ftp.say("< 226 done");
  ftp.wait(30_000).wait(30_000).wait(30_000).wait(30_000);
  expect(ftp.kept.of("ftptf")).toHaveLength(0);
  ftp.wait(30_000).wait(10_000);
  expect(ftp.kept.of("ftptf")).toMatchObject([{ bytes: 1, outcome: "complete" }]);
});

test("a session in mid-flight: its user is not known, its transfers are", () => {
  const ftp = new FtpConversation();
  ftp.say("< 250 ok", "> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", "< 150 ok");
  ftp.passive(2049).open().send("listener", "1").close();
  ftp.say("< 226 done", "> RETR b.bin", "< 226 done");
  expect(ftp.transfers()).toEqual([
    { ...COMPLETE, user: null, command: "RETR", mode: "PASV", bytes: 1 },
    {
      ...COMPLETE,
      user: null,
      command: "RETR",
      path: "b.bin",
      mode: "PASV",
      bytes: 0,
      outcome: "data connection unseen",
    },
  ]);
  expect(ftp.count("sessions_opened")).toBe(0);
});

test("a session picked up behind its command, or in front of it", () => {
  const behind = new FtpConversation();
  behind.say("< 226 done", "> PWD", "< 257 /", "> PASV", "< 227 (192,0,2,1,8,1)", "> LIST", "< 150 ok", "< 226 done");
  expect(behind.transfers()).toMatchObject([{ command: "LIST", code: 226 }]);
  const before = new FtpConversation();
  before.control.send("opener", "PASV\r\nRETR a.bin\r\n");
  before.say("< 227 (192,0,2,1,8,1)");
  before.passive(2049).open().send("listener", "1").close();
  before.say("< 150 ok", "< 226 done");
  expect(before.transfers()).toMatchObject([
    { command: "RETR", code: 226, mode: "PASV", bytes: 1, outcome: "complete" },
  ]);
});

test("the client's direction alone: transfers in active mode, with no word of how they ended", () => {
  const ftp = new FtpConversation();
  ftp.say("> USER alice", "> PASS x", "> PORT 10,0,0,9,200,1", "> STOR a.bin");
  const data = ftp.active(51_201);
  data.send("listener", "123");
  ftp.say("> NOOP", "> PORT 10,0,0,9,200,2", "> RETR b.bin", "> QUIT");
  expect(ftp.transfers()).toEqual([
    { user: "alice", command: "STOR", path: "a.bin", mode: "PORT", code: null, bytes: 3, outcome: "unknown" },
    { user: "alice", command: "RETR", path: "b.bin", mode: "PORT", code: null, bytes: 0, outcome: "unknown" },
  ]);
});

test("the server's direction alone: no transfer can be named, nothing is invented", () => {
  const ftp = new FtpConversation();
  ftp.say("< 220 hello", "< 331 who", "< 230 in", "< 227 (192,0,2,1,8,1)", "< 150 ok", "< 226 done", "< 221 bye");
  expect(ftp.transfers()).toEqual([]);
  expect(ftp.count("transfers_started")).toBe(0);
});

test("a command or reply that the tap missed does not shift those that follow", () => {
  const ftp = new FtpConversation().login();
  ftp.say("> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", "< 150 ok");
  const data = ftp.passive(2049).open().send("listener", "1").close();
  expect(data).toBeDefined();
  // Its reply, and then the whole next command, are lost before the tap.
  ftp.control.send("listener", "226 done\r\n", 16, false);
  ftp.say("> PASV", "< 227 (192,0,2,1,8,2)");
  ftp.control.send("opener", "TYPE I\r\n", 16, false);
  ftp.say("< 200 ok", "> STOR b.bin", "< 150 ok");
  ftp.passive(2050).open().send("opener", "22").close();
  ftp.say("< 226 done", "> NOOP", "< 200 ok");
  expect(ftp.transfers()).toMatchObject([
    { path: "a.bin", code: null, bytes: 1, outcome: "unknown" },
    { path: "b.bin", code: 226, bytes: 2, outcome: "complete" },
  ]);
});

test("another configuration: what is under way is told as unknown, and the session goes on unnamed", () => {
  const ftp = new FtpConversation(V4_SIDES).login();
  ftp.say("> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", "< 150 ok");
  const data = ftp.passive(2049).open().send("listener", "12");
  ftp.analysis.switchTo(ftp.settings);
  expect(ftp.kept.of("ftptf")).toMatchObject([{ session_id: 1, bytes: 2, outcome: "unknown" }]);
  data.send("listener", "3").close();
  ftp.say("< 226 done", "> PASV", "< 227 (192,0,2,1,8,2)", "> RETR b.bin", "< 150 ok");
  ftp.passive(2050).open().send("listener", "1").close();
  ftp.say("< 226 done");
  expect(ftp.transfers()[1]).toMatchObject({ user: null, path: "b.bin", bytes: 1, outcome: "complete" });
  expect(ftp.kept.of("ftptf").map(({ session_id }) => session_id)).toEqual([1, 2]);
});
