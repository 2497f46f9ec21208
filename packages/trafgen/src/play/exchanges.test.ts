import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canServe, FAR4, FAR6, FarSite, OTHER4, OTHER6 } from "../testing/far-site.ts";
import { type Played, play } from "../testing/play.ts";
import type { Play } from "../testing/play-program.ts";
import type { SnmpCredentials } from "./snmp-exchange.ts";

const FAR = [FAR4, FAR6];
const sources: Readonly<Record<string, string>> = { [FAR4]: OTHER4, [FAR6]: OTHER6 };
/** DSCP EF. */
const TOS = 0xb8;

const V3: SnmpCredentials = {
  version: "3",
  user: "measurer",
  auth: { protocol: "SHA", password: "authenticated" },
  priv: { protocol: "AES", password: "encrypted-too" },
};
const OIDS = ["1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.6.0"];

/** What is played against one address of the far side, all from an address and with a ToS that are asked for. */
function plays(address: string): Play[] {
  const options = { localAddress: sources[address]!, tos: TOS, timeoutMs: 60_000 };
  const dns = { address, port: 53 };
  const agent = (credentials: SnmpCredentials) => ({ address, port: 161, credentials });
  return [
    { kind: "name", question: { name: "www.example.test", type: "A" }, server: dns, options },
    {
      kind: "name",
      question: { name: "host-7.example.test", type: "A" },
      server: dns,
      options: { ...options, edns: false },
    },
    { kind: "name", question: { name: "no-such.example.test", type: "AAAA" }, server: dns, options },
    {
      kind: "name",
      question: { name: "large.example.test", type: "TXT" },
      server: dns,
      options: { ...options, edns: false },
    },
    {
      kind: "name",
      question: { name: "ftp.example.test", type: "AAAA" },
      server: dns,
      options: { ...options, transport: "tcp" },
    },
    { kind: "name", question: { name: "www.elsewhere.test", type: "A" }, server: dns, options },
    { kind: "time", server: { address, port: 123 }, options },
    {
      kind: "agent",
      question: { operation: "get", oids: OIDS },
      agent: agent({ version: "1", community: "measured" }),
      options,
    },
    {
      kind: "agent",
      question: { operation: "getNext", oids: OIDS },
      agent: agent({ version: "2c", community: "measured" }),
      options,
    },
    {
      kind: "agent",
      question: { operation: "getBulk", oids: OIDS, repetitions: 4 },
      agent: agent({ version: "2c", community: "measured" }),
      options,
    },
    {
      kind: "agent",
      question: { operation: "walk", oid: "1.3.6.1.2.1.1", repetitions: 6 },
      agent: agent({ version: "2c", community: "measured" }),
      options,
    },
    { kind: "agent", question: { operation: "get", oids: OIDS }, agent: agent(V3), options },
    {
      kind: "agent",
      question: { operation: "get", oids: ["1.3.6.1.4.1.99999.1.0"] },
      agent: agent({ version: "1", community: "measured" }),
      options,
    },
    {
      kind: "agent",
      question: { operation: "get", oids: OIDS },
      agent: agent({ version: "2c", community: "unknown" }),
      options: { ...options, tries: 3, timeoutMs: 50 },
    },
    {
      kind: "web",
      questions: [
        { method: "GET", path: "/1k.bin" },
        { method: "HEAD", path: "/64k.bin" },
        { method: "PUT", path: "/put/note", bodyBytes: 3000 },
        { method: "GET", path: "/1m.bin", host: "www.example.test" },
        { method: "GET", path: "/no-such" },
      ],
      server: { address, port: 80 },
      options,
    },
    { kind: "ping", server: address, options },
    { kind: "ping", server: address, options: { ...options, payloadBytes: 1400 } },
  ];
}

describe.skipIf(!canServe())("against real servers", () => {
  let site: FarSite;
  let played: Played;
  const troubles: Record<string, (string | null)[]> = {};

  beforeAll(async () => {
    site = await FarSite.start(["dns", "ntp", "snmp", "http"]);
    const all = FAR.flatMap(plays);
    played = await play(site, all);
    for (const [i, { exchanges }] of played.results.entries()) {
      const { kind } = all[i]!;
      troubles[kind] = [...(troubles[kind] ?? []), ...exchanges.map(({ trouble }) => trouble)];
    }
  });
  afterAll(() => site?.stop());

  /** Ledger lines of a protocol in a few columns. */
  const transactions = (protocol: string, ...columns: string[]) =>
    played
      .rows("transactions")
      .filter((row) => row.protocol === protocol)
      .map((row) => columns.map((column) => row[column] ?? "").join(" "))
      .sort();

  test("DNS: every request and reply on the wire is one of the ledger, to the byte", async () => {
    const filter = "dns and not icmp and not icmpv6";
    const fields = [
      "dns.id",
      "dns.flags.response",
      "ip.src",
      "ipv6.src",
      "udp.port",
      "tcp.port",
      "udp.length",
      "dns.length",
      "dns.flags.rcode",
    ];
    const packets = await site.packets(filter, fields);
    // Ids are drawn by chance: two questions may have the same, but not from the same port.
    const lines = new Map<string, string[]>();
    for (const [id, response, v4, v6, udpPorts, tcpPorts, udpLength, tcpLength, rcode] of packets) {
      const [from, to] = `${udpPorts}${tcpPorts}`.split(",");
      const bytes = udpLength !== "" ? Number(udpLength) - 8 : Number(tcpLength);
      if (response === "0" || response === "False") lines.set(`${id} ${from}`, [id!, v4! + v6!, from!, String(bytes)]);
      else
        lines.get(`${id} ${to}`)!.push(String(bytes), ["NOERROR", "", "", "NXDOMAIN", "", "REFUSED"][Number(rcode)]!);
    }
    const seen = [...lines.values()].map((line) => line.join(" ")).sort();
    expect(
      transactions("dns", "identifier", "client", "client_port", "request_bytes", "reply_bytes", "status"),
    ).toEqual(seen);
    // Six questions to each address, one of which is asked once more over TCP.
    expect(seen).toHaveLength(14);
    expect(troubles.name).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
      "REFUSED",
      null,
      null,
      null,
      null,
      null,
      null,
      "REFUSED",
    ]);
  });

  test("NTP: what was asked was answered, with the stratum of the server", async () => {
    const packets = await site.packets("ntp", ["udp.srcport", "udp.dstport", "ntp.stratum", "ntp.flags.mode"]);
    const seen = packets
      .filter(([, , , mode]) => mode === "4")
      .map(([, port, stratum]) => `${port} ${stratum} replied`);
    expect(transactions("ntp", "client_port", "status", "outcome")).toEqual(seen.sort());
    expect(seen).toHaveLength(2);
    expect(troubles.time).toEqual([null, null]);
  });

  test("SNMP: every message of versions 1, 2c and 3 is in the ledger", async () => {
    const fields = ["snmp.msgID", "snmp.request_id", "udp.srcport", "udp.dstport", "udp.length"];
    const packets = await site.packets("snmp", fields);
    const asked = new Map<string, { copies: number; request: number; reply: number | null }>();
    for (const [msgId, requestId, from, to, length] of packets) {
      const isReply = from === "161";
      const key = `${msgId !== "" ? msgId : requestId} ${isReply ? to : from}`;
      const line = asked.get(key) ?? { copies: 0, request: 0, reply: null };
      asked.set(key, line);
      if (isReply) line.reply = Number(length) - 8;
      else {
        line.copies++;
        line.request = Number(length) - 8;
      }
    }
    const seen = [...asked]
      .map(([key, { copies, request, reply }]) => `${key} ${copies - 1} ${request} ${reply ?? ""}`)
      .sort();
    expect(transactions("snmp", "identifier", "client_port", "repeats", "request_bytes", "reply_bytes")).toEqual(seen);
    // Those that the community does not open are repeated, and nobody answers.
    const silent = played.rows("transactions").filter((row) => row.protocol === "snmp" && row.outcome === "unanswered");
    expect(silent.map(({ repeats, version }) => `${repeats} ${version}`)).toEqual(["2 2c", "2 2c"]);
    expect(new Set(troubles.agent)).toEqual(new Set([null, "noSuchName", "no reply"]));
    expect(transactions("snmp", "version", "operation", "status").filter((line) => line.startsWith("3"))).toEqual([
      "3 GetRequest report",
      "3 GetRequest report",
      "3 encrypted ",
      "3 encrypted ",
    ]);
  });

  test("HTTP: bytes of all requests and replies are those of the connection", async () => {
    const packets = await site.packets("tcp.port == 80", ["tcp.srcport", "tcp.dstport", "tcp.len", "tcp.seq"]);
    // Distinct bytes: a segment goes twice where a busy machine acknowledges late.
    const sums = new Map<string, { request: number; reply: number }>();
    for (const [from, to, length, sequence] of packets) {
      const port = from === "80" ? to! : from!;
      const sum = sums.get(port) ?? { request: 0, reply: 0 };
      sums.set(port, sum);
      const side = from === "80" ? "reply" : "request";
      if (Number(length) > 0) sum[side] = Math.max(sum[side], Number(sequence) + Number(length) - 1);
    }
    const told = new Map<string, { request: number; reply: number }>();
    for (const row of played.rows("transactions").filter(({ protocol }) => protocol === "http")) {
      const sum = told.get(row.client_port!) ?? { request: 0, reply: 0 };
      told.set(row.client_port!, sum);
      sum.request += Number(row.request_bytes);
      sum.reply += Number(row.reply_bytes);
    }
    expect(told).toEqual(sums);
    expect(told.size).toBe(2);
    expect(transactions("http", "operation", "object", "name", "status").slice(0, 2)).toEqual([
      "GET /1k.bin 10.55.0.2 200",
      "GET /1k.bin [fd55::2] 200",
    ]);
    expect(troubles.web).toEqual([null, null, null, null, "404", null, null, null, null, "404"]);
  });

  test("ICMP: identifiers and sequences are those on the wire", async () => {
    const echo = "(icmp.type == 8 or icmpv6.type == 128)";
    const packets = await site.packets(echo, [
      "icmp.ident",
      "icmp.seq",
      "icmpv6.echo.identifier",
      "icmpv6.echo.sequence_number",
      "ip.len",
      "ipv6.plen",
    ]);
    const seen = packets.map(([ident4, seq4, ident6, seq6, ipBytes, payload]) => {
      // tshark gives IPv4's identifier in both byte orders.
      const identifier = Number((ident4! || ident6!).split(",")[0]);
      const sequence = Number((seq4! || seq6!).split(",")[0]);
      // Without the headers of IPv4 and of the message.
      return `${identifier}/${sequence} ${(payload === "" ? Number(ipBytes) - 20 : Number(payload)) - 8}`;
    });
    expect(transactions("icmp", "identifier", "request_bytes")).toEqual(seen.sort());
    expect(seen).toHaveLength(4);
    expect(troubles.ping).toEqual([null, null, null, null]);
  });

  test("everything leaves from the address and with the ToS asked for, handshakes too", async () => {
    const filter =
      "(ip.dst == 10.55.0.2 or ipv6.dst == fd55::2) and not arp and not (icmpv6.type >= 133 and icmpv6.type <= 136)";
    const fields = ["ip.src", "ipv6.src", "ip.dsfield", "ipv6.tclass"];
    const packets = await site.packets(filter, fields);
    const kinds = new Set(packets.map(([v4, v6, tos4, tos6]) => `${v4}${v6} ${Number(`${tos4}${tos6}`)}`));
    expect(kinds).toEqual(new Set([`${OTHER4} ${TOS}`, `${OTHER6} ${TOS}`]));
    expect(packets.length).toBeGreaterThan(50);
  });

  test("instants lie around those of the wire", async () => {
    const fields = ["dns.id", "udp.srcport", "frame.time_epoch"];
    const packets = await site.packets("dns.flags.response == 0 and udp", fields);
    const rows = new Map(played.rows("transactions").map((row) => [`${row.identifier} ${row.client_port}`, row]));
    for (const [id, port, epoch] of packets) {
      const row = rows.get(`${id} ${port}`)!;
      const [seconds, nanos] = epoch!.split(".");
      const seenNs = BigInt(seconds!) * 1_000_000_000n + BigInt(nanos!.padEnd(9, "0"));
      expect(BigInt(row.requested_ns!) - seenNs).toBeLessThan(2_000_000n);
      expect(BigInt(row.replied_ns!) - seenNs).toBeGreaterThan(-2_000_000n);
    }
  });
});

describe.skipIf(!canServe())("against nobody", () => {
  let site: FarSite;
  beforeAll(async () => {
    site = await FarSite.start([]);
  });
  afterAll(() => site?.stop());

  test("what never left is not in the ledger, what left unanswered is", async () => {
    // Refusals come at once; the time-out is for machines that are busy.
    const options = { timeoutMs: 60_000 };
    const oids = OIDS;
    const credentials = { version: "2c", community: "measured" } as const;
    const { results, rows } = await play(site, [
      { kind: "time", server: { address: FAR4, port: 123 }, options },
      {
        kind: "agent",
        question: { operation: "get", oids },
        agent: { address: FAR6, port: 161, credentials },
        options,
      },
      {
        kind: "name",
        question: { name: "a.test", type: "A" },
        server: { address: FAR4, port: 53 },
        options: { ...options, transport: "tcp" },
      },
      {
        kind: "web",
        questions: [
          { method: "GET", path: "/" },
          { method: "GET", path: "/" },
        ],
        server: { address: FAR6, port: 80 },
        options,
      },
      { kind: "time", server: { address: "192.0.2.1", port: 123 }, options },
      { kind: "ping", server: "192.0.2.1", options },
      { kind: "time", server: { address: FAR4, port: 123 }, options: { ...options, localAddress: OTHER4 } },
    ]);
    const outcomes = results.map(({ exchanges }) =>
      exchanges.map(({ row, trouble }) => `${row.outcome} ${trouble}`).join(),
    );
    expect(outcomes).toEqual([
      "unanswered ECONNREFUSED",
      "unanswered ECONNREFUSED",
      "unanswered ECONNREFUSED",
      "unanswered ECONNREFUSED",
      "unanswered ENETUNREACH",
      "unanswered Network is unreachable",
      "unanswered ECONNREFUSED",
    ]);
    expect(rows("transactions").map(({ protocol, server }) => `${protocol} ${server}`)).toEqual([
      `ntp ${FAR4}`,
      `snmp ${FAR6}`,
      `ntp ${FAR4}`,
    ]);
  });
});
