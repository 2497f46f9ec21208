import { expect, test } from "vitest";
import { ALL_MEASUREMENTS, flowClass, HOST_PAIR } from "../../testing/analysis-settings.ts";
import { FtpConversation, V4_SIDES } from "../../testing/ftp-conversation.ts";

const { client, server } = V4_SIDES;

/** Bytes and outcomes of the transfers, and the service of each flow by its ports. */
function told(ftp: FtpConversation) {
  const transfers = ftp.transfers().map(({ bytes, outcome }) => `${bytes} ${outcome}`);
  const services = Object.fromEntries(
    ftp.kept.of("flow").map((flow) => [`${flow.fwd_port}-${flow.rev_port}`, flow.service]),
  );
  return { transfers, services };
}

test.each([
  ["the address it names", "198.51.100.7"],
  ["the server's own address, as address translation has it", server.address],
])("a passive reply that names another address: the data connection goes to %s", (_, address) => {
  const ftp = new FtpConversation().login();
  ftp.say("> PASV", "< 227 (198,51,100,7,8,1)", "> RETR a.bin", "< 150 ok");
  ftp.passive(2049, address).open().send("listener", "123").close();
  ftp.say("< 226 done");
  expect(told(ftp)).toEqual({ transfers: ["3 complete"], services: { "40000-21": "ftp", "50049-2049": "ftp-data" } });
  expect(ftp.kept.of("ftptf")[0]!.data_address!.join(".")).toBe(address);
});

test.each([
  ["the address it names", "10.77.0.1"],
  ["the client's own address, as address translation has it", client.address],
])("a PORT that names another address: the data connection goes to %s", (_, address) => {
  const ftp = new FtpConversation().login();
  ftp.say("> PORT 10,77,0,1,8,1", "< 200 ok", "> RETR a.bin", "< 150 ok");
  ftp.active(2049, address).open().send("opener", "123").close();
  ftp.say("< 226 done");
  expect(told(ftp).transfers).toEqual(["3 complete"]);
  expect(ftp.kept.of("ftptf")[0]!.data_address!.join(".")).toBe(address);
});

test("a PORT that names a third party makes no data connection of other traffic to it", () => {
  const ftp = new FtpConversation().login();
  ftp.say("> PORT 10,0,0,77,0,81", "< 200 ok");
  ftp
    .connection({ address: "10.0.0.5", port: 1025 }, { address: "10.0.0.77", port: 81 })
    .open()
    .send("opener", "GET")
    .close();
  ftp
    .connection({ address: client.address, port: 1026 }, { address: "10.0.0.77", port: 81 })
    .open()
    .send("opener", "GET")
    .close();
  ftp.say("> RETR a.bin", "< 150 ok", "< 226 done");
  expect(told(ftp)).toEqual({
    transfers: ["0 data connection unseen"],
    services: { "40000-21": "ftp", "1025-81": null, "1026-81": null },
  });
});

test("a PORT that names the control connection's own port does not make it a data connection", () => {
  const ftp = new FtpConversation().login();
  ftp.say("> PORT 10,0,0,9,156,64", "< 200 ok", "> RETR a.bin", "< 150 ok");
  ftp.active(40_000).open().send("opener", "1").close();
  ftp.say("< 226 done");
  expect(told(ftp)).toEqual({ transfers: ["1 complete"], services: { "40000-21": "ftp", "20-40000": "ftp-data" } });
});

test("without a word about ports the server connects from port 20 to the client's control port", () => {
  const ftp = new FtpConversation().login();
  ftp.say("> RETR a.bin", "< 150 ok");
  ftp.active(client.port).open().send("opener", "12").close();
  ftp.say("< 226 done");
  expect(told(ftp).transfers).toEqual(["2 complete"]);
  expect(ftp.kept.of("ftptf")[0]).toMatchObject({ mode: null, data_port: client.port });
});

test("two servers exchange a file: both sessions tell of the one data connection", () => {
  const ftp = new FtpConversation().login();
  const other = { address: "203.0.113.5", port: 21 };
  const session = ftp.connection({ address: client.address, port: 40_002 }, other).open();
  ftp.say("> PASV", "< 227 (192,0,2,1,8,1)");
  session.send("opener", "PORT 192,0,2,1,8,1\r\n").send("listener", "200 ok\r\n");
  ftp.say("> STOR a.bin");
  session.send("opener", "RETR a.bin\r\n").send("listener", "150 ok\r\n");
  ftp.say("< 150 ok");
  ftp
    .connection({ address: other.address, port: 20 }, { address: server.address, port: 2049 })
    .open()
    .send("opener", "123")
    .close();
  session.send("listener", "226 done\r\n");
  ftp.say("< 226 done");
  expect(told(ftp).transfers).toEqual(["3 complete", "3 complete"]);
});

test.each([
  ["the reply to PASV", 1],
  ["the command", 2],
  ["the preliminary reply", 3],
  ["the final reply", 4],
])("a whole data connection captured before %s", (_, place) => {
  const ftp = new FtpConversation().login();
  const lines = ["> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", "< 150 ok", "< 226 done"];
  ftp.say(...lines.slice(0, place));
  ftp.passive(2049).open().send("listener", "123").send("listener", "4").close();
  ftp.say(...lines.slice(place));
  expect(told(ftp).transfers).toEqual(["4 complete"]);
  const [transfer] = ftp.kept.of("ftptf");
  expect(transfer!.connected_nanos).toBeLessThan(transfer!.first_payload_nanos!);
  expect(transfer!.last_payload_nanos! - transfer!.first_payload_nanos!).toBe(1e6);
  expect(ftp.count("rev_bytes")).toBe(4);
});

test("a data connection that began before the window is not tied, one within it is", () => {
  for (const [waitMs, expected] of [
    [4000, "2 complete"],
    [7000, "0 data connection unseen"],
  ] as const) {
    const ftp = new FtpConversation().login();
    const data = ftp.passive(2049).open().send("listener", "1");
    ftp.wait(waitMs);
    ftp.say("> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", "< 150 ok");
    data.send("listener", "2").close();
    ftp.say("< 226 done");
    expect(told(ftp).transfers).toEqual([expected]);
  }
});

test("a transfer waits as long as the window for a data connection that comes after its reply", () => {
  const ftp = new FtpConversation().login();
  ftp.say("> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", "< 150 ok", "< 226 done");
  ftp.wait(3000);
  expect(ftp.kept.of("ftptf")).toHaveLength(0);
  ftp.passive(2049).open().send("listener", "1").close();
  expect(told(ftp).transfers).toEqual(["1 complete"]);
  const late = new FtpConversation().login();
  late.say("> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", "< 150 ok", "< 226 done");
  late.wait(8000);
  expect(late.kept.of("ftptf")).toMatchObject([{ outcome: "data connection unseen" }]);
});

test("an attempt that is refused does not stand for the connection that follows", () => {
  const ftp = new FtpConversation().login();
  ftp.say("> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin");
  ftp
    .connection({ address: client.address, port: 50_001 }, { address: server.address, port: 2049 })
    .send("opener", "", 2)
    .send("listener", "", 20);
  ftp.say("< 150 ok");
  ftp
    .connection({ address: client.address, port: 50_002 }, { address: server.address, port: 2049 })
    .open()
    .send("listener", "123")
    .close();
  ftp.say("< 226 done");
  expect(told(ftp).transfers).toEqual(["3 complete"]);
});

test("the same port again, without another word, is the next transfer's", () => {
  const ftp = new FtpConversation().login();
  ftp.say("> PORT 10,0,0,9,8,1", "< 200 ok");
  for (const bytes of ["1", "22"]) {
    ftp.say("> RETR a.bin", "< 150 ok");
    ftp.active(2049).open().send("opener", bytes).close();
    ftp.say("< 226 done").wait(130_000);
  }
  expect(told(ftp).transfers).toEqual(["1 complete", "2 complete"]);
});

test("retransmitted payload counts once", () => {
  const ftp = new FtpConversation().login();
  ftp.say("> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", "< 150 ok");
  const data = ftp.passive(2049).open();
  const again = ftp.passive(2049);
  again.send("opener", "", 2, false).send("listener", "", 18, false);
  data.send("listener", "1234");
  again.send("listener", "1234");
  data.send("listener", "56").close();
  ftp.say("< 226 done");
  expect(told(ftp).transfers).toEqual(["6 complete"]);
});

test("where a class tells apart by service, active and passive data are one flow, apart from other TCP", () => {
  const partition = { ...HOST_PAIR, service: true };
  const ftp = new FtpConversation(V4_SIDES, [flowClass({ partition, measure: ALL_MEASUREMENTS })]).login();
  ftp.say("> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", "< 150 ok");
  ftp.passive(2049).open().send("listener", "1".repeat(1000)).close();
  ftp.say("< 226 done", "> PORT 10,0,0,9,8,2", "< 200 ok", "> RETR a.bin", "< 150 ok");
  ftp.active(2050).open().send("opener", "1".repeat(500)).close();
  ftp.say("< 226 done");
  ftp.connection({ address: client.address, port: 6000 }, { address: server.address, port: 2051 }).open().close();
  ftp.analysis.finish();
  const flows = new Map(ftp.kept.of("flow").map((flow) => [flow.flow_id, flow.service]));
  expect([...flows.values()].sort()).toEqual(["ftp", "ftp-data", null]);
  const bytes = ftp.kept.of("ipct").find(({ flow_id }) => flows.get(flow_id) === "ftp-data")!;
  // 7 packets of 40 bytes in each connection, and the payload.
  expect(bytes.fwd_bytes + bytes.rev_bytes).toBe(2 * 7 * 40 + 1500);
  const [transfer] = ftp.kept.of("ftptf");
  expect(flows.get(transfer!.data_flow_id!)).toBe("ftp-data");
});

test("a port of control connections that services.tsv does not know counts as ftp, and only named ports are read", () => {
  const ports = [{ from: 2121, to: 2121 }];
  const measure = { ...ALL_MEASUREMENTS, ftpTransfers: { ports, windowS: 5 }, ftpCounters: { intervalS: 60, ports } };
  const sides = { client, server: { address: server.address, port: 2121 } };
  for (const [where, expected] of [
    [sides, { transfers: ["0 failed"], services: { "40000-2121": "ftp" } }],
    [V4_SIDES, { transfers: [], services: { "40000-21": null } }],
  ] as const) {
    const ftp = new FtpConversation(where, [flowClass({ measure })]).login();
    ftp.say("> RETR a.bin", "< 550 no");
    expect(told(ftp)).toEqual(expected);
  }
});

test("data connections of no class, and of one that does not ask, are found too", () => {
  const control = { kind: "port", side: "either", ranges: [{ from: 21, to: 21 }] } as const;
  const measure = { ftpTransfers: ALL_MEASUREMENTS.ftpTransfers, ftpCounters: ALL_MEASUREMENTS.ftpCounters };
  const asking = flowClass({ name: "ftp", account: false, match: control, measure });
  for (const [classes, isInAccount] of [
    [[asking], false],
    [[flowClass(), asking], true],
  ] as const) {
    const ftp = new FtpConversation(V4_SIDES, classes).login();
    ftp.say("> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", "< 150 ok");
    ftp.passive(2049).open().send("listener", "123").close();
    ftp.say("< 226 done");
    expect(told(ftp).transfers).toEqual(["3 complete"]);
    const [transfer] = ftp.kept.of("ftptf");
    const account = ftp.kept.of("flow").find(({ account, rev_port }) => account && rev_port === 2049);
    expect(account !== undefined).toBe(isInAccount);
    expect(transfer!.data_flow_id).toBe(account?.flow_id ?? null);
    expect(ftp.kept.of("tcpcx")).toHaveLength(0);
  }
});

test("several classes that ask: one record, under the first; counters in each", () => {
  const classes = [
    flowClass(),
    ...["one", "two"].map((name) => flowClass({ name, account: false, measure: ALL_MEASUREMENTS })),
  ];
  const ftp = new FtpConversation(V4_SIDES, classes).login();
  ftp.say("> PASV", "< 227 (192,0,2,1,8,1)", "> RETR a.bin", "< 150 ok");
  ftp.passive(2049).open().send("listener", "123").close();
  ftp.say("< 226 done");
  expect(told(ftp).transfers).toEqual(["3 complete"]);
  const flows = ftp.kept.of("flow");
  const classOf = (id: number) => flows.find(({ flow_id }) => flow_id === id)!.class;
  expect(classOf(ftp.kept.of("ftptf")[0]!.flow_id)).toBe("one");
  expect(ftp.kept.of("ftpct").map(({ flow_id, rev_bytes }) => [classOf(flow_id), rev_bytes])).toEqual([
    ["one", 3],
    ["two", 3],
  ]);
});
