import type { RequestProtocol } from "@trafmon/settings";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SourceClock } from "../../analysis/source-clock.ts";
import { flowClasses } from "../../classify/flow-class.ts";
import { INSTANCE_PINS, INSTANCE_STRIDE, setInstanceId } from "../../classify/instance-record.ts";
import type { StreamProtocol } from "../../reassemble/stream-protocol.ts";
import { RecordPool } from "../../tables/record-pool.ts";
import { ALL_MEASUREMENTS, flowClass } from "../../testing/analysis-settings.ts";
import { KeptObservations } from "../../testing/kept-observations.ts";
import { Identities } from "../identities/identities.ts";
import { newSegmentVerdict } from "../tcp/segment-verdict.ts";
import { DnsStreams } from "./dns-stream.ts";
import { HttpExchanges } from "./http-exchanges.ts";
import type { PairingOf } from "./stream-pairings.ts";
import { TcpExchanges } from "./tcp-exchanges.ts";
import { TlsHandshakes } from "./tls-handshakes.ts";
import { TwoWayDelays } from "./two-way-delays.ts";

/** Bytes of one side, or a gap of so many, at an instant in milliseconds. */
interface Piece {
  readonly from: "client" | "server";
  readonly bytes?: Uint8Array | string;
  readonly gap?: number | null;
  readonly atMs: number;
}

/** What one connection with these pieces comes to. */
function read(make: (pairingOf: PairingOf) => StreamProtocol, pieces: readonly Piece[]) {
  const kept = new KeptObservations();
  const [only] = flowClasses([flowClass({ measure: ALL_MEASUREMENTS })]);
  const instances = new RecordPool(INSTANCE_STRIDE, 10);
  const slot = instances.take();
  setInstanceId(instances, slot, 7);
  const { twoWayDelays, transactions } = ALL_MEASUREMENTS;
  const delays = new TwoWayDelays(
    {
      flowClass: only!,
      instances,
      place: 0,
      latenessS: 2,
      sink: kept,
      verdict: newSegmentVerdict(),
      clock: new SourceClock(60),
      maxRequests: 1000,
    },
    twoWayDelays!,
    transactions,
  );
  const protocol = make((_, name: RequestProtocol) => delays.pairing(name));
  const end = (last: number, port: number) => ({ address: Uint8Array.of(10, 0, 0, last), port });
  const analyser = protocol.open({
    client: end(9, 40_000),
    server: end(1, 80),
    tapGroup: 0,
    isInner: false,
    isWhole: true,
    members: [{ flowClass: only!, slot, flowId: 7, isClientForward: true }],
  } as unknown as Parameters<StreamProtocol["open"]>[0])!;
  for (const { from, bytes, gap, atMs } of pieces) {
    const [s, nanos] = [Math.floor(atMs / 1000), Math.round((atMs % 1000) * 1e6)];
    if (bytes !== undefined) analyser[from].bytes(Buffer.from(bytes as string), s, nanos);
    else analyser[from].gap(gap ?? null, s, nanos);
  }
  analyser.client.end("fin", 100, 0);
  analyser.server.end("fin", 100, 0);
  delays.writeAll();
  expect(instances.words[slot * INSTANCE_STRIDE + INSTANCE_PINS]).toBe(0);
  return { kept, trouble: troubleOf(delays) };
}

function troubleOf(delays: TwoWayDelays) {
  const sum = { evicted: 0, cutOff: 0, withdrawn: 0, unreadable: {} as { [protocol: string]: number } };
  delays.addTrouble(sum);
  return sum;
}

const client = (atMs: number, bytes: Uint8Array | string): Piece => ({ from: "client", atMs, bytes });
const server = (atMs: number, bytes: Uint8Array | string): Piece => ({ from: "server", atMs, bytes });
const http = (pairingOf: PairingOf) => new HttpExchanges(pairingOf);
/** Nobody asks for identities. */
const nobody = new Identities([], 1024, new KeptObservations());
const tls = (pairingOf: PairingOf) => new TlsHandshakes(pairingOf, nobody);
const dns = (pairingOf: PairingOf) => new DnsStreams(pairingOf, nobody);

function said(kept: KeptObservations) {
  return kept
    .of("trans")
    .map(({ operation, name, object, status, outcome, delay_ns, first_body_ns, request_bytes, reply_bytes }) => [
      `${operation} ${name} ${object} ${status} ${outcome}`,
      delay_ns === null ? null : delay_ns / 1e6,
      first_body_ns === null ? null : first_body_ns / 1e6,
      request_bytes,
      reply_bytes,
    ]);
}

describe("HTTP", () => {
  test("a request ends with its body, its answer with the header; bodies are counted", () => {
    const { kept } = read(http, [
      client(0, "POST /a?b=c HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n"),
      client(10, "12345"),
      server(20, "HTTP/1.1 100 Continue\r\n\r\n"),
      server(30, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"),
      server(40, "\r\n"),
      server(55, "3\r\nabc\r\n0\r\n\r\n"),
    ]);
    expect(said(kept)).toEqual([["POST h /a 200 replied", 30, 45, 57, 60]]);
    expect(kept.of("trans")[0]).toMatchObject({ version: "1.1", identifier: "1" });
  });

  test("pipelined requests are answered in order; HEAD and 304 have no body", () => {
    const get = (path: string, method = "GET") => `${method} ${path} HTTP/1.1\r\nHost: h\r\n\r\n`;
    const { kept } = read(http, [
      client(0, get("/1") + get("/2", "HEAD")),
      client(1, get("/3")),
      server(10, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
      server(20, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"),
      server(31, "HTTP/1.0 304 Not Modified\r\nContent-Length: 7\r\n\r\n"),
    ]);
    expect(said(kept).map(([what, delay]) => [what, delay])).toEqual([
      ["GET h /1 200 replied", 10],
      ["HEAD h /2 200 replied", 20],
      ["GET h /3 304 replied", 30],
    ]);
  });

  test("a body without length lasts to the end; what follows 101 or CONNECT is opaque", () => {
    const whole = read(http, [
      client(0, "GET http://x:1@h.example/p HTTP/1.0\r\n\r\n"),
      server(1, "HTTP/1.0 200 OK\r\n\r\nsome"),
      server(2, "more"),
    ]);
    expect(said(whole.kept)).toEqual([["GET h.example /p 200 replied", 1, 1, 39, 27]]);
    const upgraded = read(http, [
      client(0, "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n"),
      server(1, "HTTP/1.1 101 Switching\r\n\r\n\x81\x05hello"),
      client(2, "\x81\x05GET / HTTP/1.1\r\n\r\n"),
    ]);
    expect(said(upgraded.kept).map(([what]) => what)).toEqual(["GET h /ws 101 replied"]);
  });

  test("a response that overtakes the rest of its request ends it", () => {
    const { kept } = read(http, [
      client(0, "PUT /big HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nabc"),
      server(7, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"),
      client(9, "x".repeat(997)),
    ]);
    expect(said(kept).map(([what, delay]) => [what, delay])).toEqual([["PUT h /big 413 replied", 7]]);
  });

  test("a header cut by the snap length ends with its packet; later messages are found again", () => {
    const { kept } = read(http, [
      client(0, "GET /1 HTTP/1.1\r\nHost: h\r\nUser-"),
      { from: "client", gap: 50, atMs: 0 },
      server(5, "HTTP/1.1 200 OK\r\nContent-"),
      { from: "server", gap: 1000, atMs: 5 },
      { from: "server", gap: 1400, atMs: 6 },
      client(10, "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n"),
      server(13, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
    ]);
    expect(said(kept).map(([what, delay]) => [what, delay])).toEqual([
      ["GET h /1 200 replied", 5],
      ["GET h /2 404 replied", 3],
    ]);
  });

  test("of a request whose header was cut, the last segment before the response is the end", () => {
    const { kept } = read(http, [
      client(0, "PUT /big HTTP/1.1\r\nHost: h\r\nContent-"),
      { from: "client", gap: 50, atMs: 0 },
      client(2, "some of the body"),
      { from: "client", gap: 1400, atMs: 2 },
      { from: "client", gap: 1400, atMs: 6 },
      server(9, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"),
    ]);
    expect(said(kept)).toEqual([["PUT h /big 201 replied", 3, null, null, 43]]);
  });

  test("what may have been answered among missing bytes does not count", () => {
    const { kept, trouble } = read(http, [
      client(0, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"),
      { from: "server", gap: 1000, atMs: 5 },
      client(10, "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n"),
      server(13, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ]);
    expect(said(kept).map(([what, delay]) => [what, delay])).toEqual([["GET h /2 200 replied", 3]]);
    expect(trouble.withdrawn).toBe(1);
  });

  test("what is no HTTP is left alone", () => {
    const { kept, trouble } = read(http, [client(0, "\x16\x03\x01hello\r\n\r\n"), server(1, "\x16\x03\x03\r\n")]);
    expect(said(kept)).toEqual([]);
    expect(trouble.unreadable.http).toBe(1);
  });
});

const random = (byte: number) => Array<number>(32).fill(byte);
const record = (...message: number[]) => Uint8Array.of(22, 3, 1, message.length >> 8, message.length & 255, ...message);
const handshake = (type: number, body: readonly number[]) => [type, 0, body.length >> 8, body.length & 255, ...body];
const extension = (type: number, content: readonly number[]) => [0, type, 0, content.length, ...content];
const NAME = [...Buffer.from("www.example.test")];
const EXTENSIONS = [
  ...extension(0, [0, NAME.length + 3, 0, 0, NAME.length, ...NAME]),
  ...extension(16, [0, 12, 2, 104, 50, 8, ...Buffer.from("http/1.1")]),
];
const CLIENT_HELLO = record(
  ...handshake(1, [3, 3, ...random(0xab), 0, 0, 2, 0x13, 1, 1, 0, 0, EXTENSIONS.length, ...EXTENSIONS]),
);
const serverHello = (bytes: readonly number[]) =>
  record(...handshake(2, [3, 3, ...bytes, 0, 0x13, 1, 0, 0, 6, ...extension(43, [3, 4])]));
const SERVER_HELLO = serverHello(random(0xcd));
const RETRY = serverHello([...Buffer.from("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", "hex")]);

describe("TLS", () => {
  test("from the end of the ClientHello to the end of the ServerHello, however they are cut", () => {
    const { kept } = read(tls, [
      client(0, CLIENT_HELLO.subarray(0, 7)),
      client(3, CLIENT_HELLO.subarray(7)),
      server(10, SERVER_HELLO.subarray(0, 40)),
      server(11, SERVER_HELLO.subarray(40)),
      server(12, "\x17\x03\x03\x00\x05hello"),
    ]);
    expect(kept.of("trans")).toMatchObject([
      {
        name: "www.example.test",
        object: "h2,http/1.1",
        version: "1.3",
        status: "ServerHello",
        outcome: "replied",
        delay_ns: 8e6,
        identifier: "ab".repeat(8),
      },
    ]);
  });

  test("a second ClientHello is a repeat, and both are answered by the ServerHello", () => {
    const { kept } = read(tls, [
      client(0, CLIENT_HELLO),
      server(5, RETRY),
      client(9, CLIENT_HELLO),
      server(20, SERVER_HELLO),
    ]);
    expect(kept.of("trans")).toMatchObject([{ delay_ns: 20e6, last_copy_delay_ns: 11e6, outcome: "replied" }]);
    expect(kept.of("twoway")).toMatchObject([{ requests: 1, replied: 1, repeats: 1 }]);
  });

  test("an alert in place of the ServerHello is an answer", () => {
    const { kept } = read(tls, [client(0, CLIENT_HELLO), server(4, Uint8Array.of(21, 3, 3, 0, 2, 2, 40))]);
    expect(kept.of("trans")).toMatchObject([{ status: "alert handshake_failure", delay_ns: 4e6 }]);
  });

  test("bytes the snap length cut off move no instant", () => {
    const { kept } = read(tls, [
      client(0, CLIENT_HELLO.subarray(0, 60)),
      { from: "client", gap: CLIENT_HELLO.length - 60, atMs: 0 },
      server(4, SERVER_HELLO.subarray(0, 44)),
      { from: "server", gap: 1400, atMs: 4 },
    ]);
    expect(kept.of("trans").length).toBeLessThanOrEqual(1);
    const whole = read(tls, [
      client(0, CLIENT_HELLO.subarray(0, 60)),
      { from: "client", gap: CLIENT_HELLO.length - 60, atMs: 0 },
      server(4, SERVER_HELLO.subarray(0, 44)),
      { from: "server", gap: SERVER_HELLO.length - 44, atMs: 4 },
    ]);
    expect(whole.kept.of("trans")).toMatchObject([{ outcome: "replied", delay_ns: 4e6 }]);
  });
});

/** Id 0x1a2b, test A, behind its length. */
function dnsMessage(isReply: boolean): Uint8Array {
  const message = [0x1a, 0x2b, isReply ? 0x81 : 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4, 116, 101, 115, 116, 0, 0, 1, 0, 1];
  return Uint8Array.of(0, message.length, ...message);
}

test("DNS over TCP: several messages, cut anywhere; more of an answer is no duplicate", () => {
  const query = dnsMessage(false);
  const reply = dnsMessage(true);
  const { kept } = read(dns, [
    client(0, query.subarray(0, 1)),
    client(2, query.subarray(1)),
    server(5, Uint8Array.from([...reply, ...reply.subarray(0, 9)])),
    server(9, reply.subarray(9)),
  ]);
  expect(kept.of("trans")).toMatchObject([{ name: "test", delay_ns: 3e6, outcome: "replied" }]);
  expect(kept.of("twoway")).toMatchObject([{ requests: 1, replied: 1, duplicate_replies: 0 }]);
});

test("turns of a connection that nobody understands", () => {
  const { kept } = read(
    (pairingOf) => new TcpExchanges(pairingOf),
    [
      client(0, "a"),
      { from: "client", gap: 1000, atMs: 4 },
      { from: "server", gap: 10, atMs: 10 },
      server(11, "more"),
      client(20, "b"),
    ],
  );
  expect(kept.of("trans")).toMatchObject([
    { outcome: "replied", delay_ns: 10e6, last_copy_delay_ns: 6e6, identifier: "1" },
    { outcome: "unanswered", identifier: "2" },
  ]);
});

const CONVERSATIONS: readonly (readonly [string, (pairingOf: PairingOf) => StreamProtocol, string, string])[] = [
  [
    "HTTP",
    http,
    "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: h\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\nHTTP/1.1 204 None\r\n\r\n",
  ],
  ["TLS", tls, Buffer.from(CLIENT_HELLO).toString("latin1"), Buffer.from(SERVER_HELLO).toString("latin1")],
  ["DNS", dns, Buffer.from(dnsMessage(false)).toString("latin1"), Buffer.from(dnsMessage(true)).toString("latin1")],
];

describe.each(CONVERSATIONS)("%s", (_, make, asked, answered) => {
  const whole = (text: string) => Buffer.from(text, "latin1");

  test("cutting into segments changes nothing but instants", () => {
    const wanted = said(read(make, [client(0, whole(asked)), server(1, whole(answered))]).kept).map(([what]) => what);
    expect(wanted.length).toBeGreaterThan(0);
    const cuts = fc.array(fc.nat(300), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, cuts, (clientCuts, serverCuts) => {
        const pieces = (from: "client" | "server", text: string, at: readonly number[], atMs: number): Piece[] => {
          const ends = [...new Set([...at.filter((each) => each > 0 && each < text.length), text.length])].sort(
            (a, b) => a - b,
          );
          return ends.map((end, index) => ({
            from,
            atMs: atMs + index,
            bytes: whole(text).subarray(ends[index - 1] ?? 0, end),
          }));
        };
        const all = [...pieces("client", asked, clientCuts, 0), ...pieces("server", answered, serverCuts, 100)];
        expect(said(read(make, all).kept).map(([what]) => what)).toEqual(wanted);
      }),
      { numRuns: 200 },
    );
  });

  test("any bytes, gaps and ends are taken, and every request that counts is answered or not", () => {
    const piece = fc.record({
      from: fc.constantFrom("client" as const, "server" as const),
      kind: fc.constantFrom("whole", "part", "noise", "gap", "unknown gap"),
      at: fc.nat(200),
      length: fc.nat(200),
      noise: fc.uint8Array({ maxLength: 30 }),
    });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (drawn) => {
        const all = drawn.map(({ from, kind, at, length, noise }, index): Piece => {
          const text = whole(from === "client" ? asked : answered);
          if (kind === "gap") return { from, atMs: index, gap: length + 1 };
          if (kind === "unknown gap") return { from, atMs: index, gap: null };
          if (kind === "noise") return { from, atMs: index, bytes: Uint8Array.of(1, ...noise) };
          return { from, atMs: index, bytes: kind === "whole" ? text : text.subarray(at % text.length) };
        });
        const { kept } = read(make, all);
        for (const each of kept.of("twoway")) expect(each.requests).toBe(each.replied + each.unanswered);
        expect(kept.of("trans").length).toBe(kept.sum("twoway", "requests"));
      }),
      { numRuns: 500 },
    );
  });
});
