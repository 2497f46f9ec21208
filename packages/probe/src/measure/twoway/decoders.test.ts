import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeDns } from "./dns-message.ts";
import { type Decoder, Message, NO_MESSAGE, REPLY, REQUEST } from "./message.ts";
import { decodeNtp } from "./ntp-message.ts";
import { ServiceMessages } from "./service-messages.ts";
import { decodeSnmp } from "./snmp-message.ts";

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s+/g, ""), "hex"));

function decoded(decode: Decoder, bytes: Uint8Array, from = 0, until = bytes.length): Message {
  const message = new Message();
  decode(bytes, from, until, true, message, REQUEST | REPLY);
  return message;
}

/** www.example.test A, with an EDNS record. */
const DNS_QUERY = hex(
  `1a2b 0120 0001 0000 0000 0001 03777777 076578616d706c65 0474657374 00 0001 0001 00 0029 04d0 00000000 0000`,
);
/** Its answer, NXDOMAIN in the header and 1 above it in EDNS: CNAME a.example.test by a pointer, and an address. */
const DNS_REPLY = hex(
  `1a2b 8183 0001 0002 0000 0001 03575757 074578616d706c65 0474657374 00 0001 0001
   c00c 0005 0001 00000e10 0004 0161 c010 c02e 0001 0001 00000e10 0004 c0000250
   00 0029 04d0 01000000 0000`,
);
const NTP_REQUEST = hex(`23 00 06 20 ${"00".repeat(36)} dab51fe51f27d8e1`);
const NTP_REPLY = hex(`24 02 06 e7 ${"00".repeat(20)} dab51fe51f27d8e1 ${"11".repeat(16)}`);
/** GetRequest 0x0102 of community "public", and its response with noSuchName. */
const SNMP_REQUEST = hex("3019 020100 0406 7075626c6963 a00c 02020102 020100 020100 3000");
const SNMP_REPLY = hex("3019 020100 0406 7075626c6963 a20c 02020102 020102 020101 3000");
/** Version 3, msgID 0x55, encrypted; reportable. */
const SNMP_V3 = hex("3020 020103 300d 020155 02 02 05c0 0401 07 020103 0402 3000 0408 0102030405060708");

describe("DNS", () => {
  test("a query and its answer are tied by id and question, whatever the case of its letters", () => {
    const query = decoded(decodeDns, DNS_QUERY);
    const reply = decoded(decodeDns, DNS_REPLY);
    expect(query).toMatchObject({
      role: REQUEST,
      id1: 0x1a2b,
      identifier: "0x1a2b",
      name: "www.example.test",
      operation: "A",
    });
    expect(reply).toMatchObject({
      role: REPLY,
      id1: 0x1a2b,
      status: "RCODE19",
      answers: "CNAME a.Example.test; A 192.0.2.80",
      content1: query.content1,
      content2: query.content2,
    });
  });

  test("another question is another content; without one there is none", () => {
    const other = Uint8Array.from(DNS_QUERY);
    other[13] = 0x78;
    expect(decoded(decodeDns, other).content2).not.toBe(decoded(decodeDns, DNS_QUERY).content2);
    const bare = hex("1a2b 8181 0000 0000 0000 0000");
    expect(decoded(decodeDns, bare)).toMatchObject({ role: REPLY, hasContent: false, status: "FORMERR" });
  });

  test("several questions all count and are all named", () => {
    const two = hex("0001 0100 0002 0000 0000 0000 0161 00 0001 0001 0162 00 001c 0001");
    expect(decoded(decodeDns, two)).toMatchObject({ role: REQUEST, name: "a b", operation: "A AAAA" });
  });

  test.each([
    ["a pointer to itself", "c00c"],
    ["a pointer ahead", "c00e 00"],
    ["two that point at each other", "0161 c010 0162 c00c"],
    ["a length that is none", "40 00"],
  ])("a name with %s is no name", (_, name) => {
    expect(decoded(decodeDns, hex(`0001 0100 0001 0000 0000 0000 ${name} 0001 0001`)).role).toBe(NO_MESSAGE);
  });

  test("bytes of a name that are no UTF-8, dots and backslashes are escaped", () => {
    const odd = hex("0001 0100 0001 0000 0000 0000 05 2e 5c ff c3a9 00 0001 0001");
    expect(decoded(decodeDns, odd).name).toBe("\\.\\\\\\xffé");
  });

  test("names that lead far make no more work than is allowed", () => {
    // Each question points to a name of 120 labels.
    const labels = "0161".repeat(120);
    const questions = `c00c 0001 0001`.repeat(3000);
    const message = decoded(decodeDns, hex(`0001 0100 0bb9 0000 0000 0000 ${labels} 00 0001 0001 ${questions}`));
    expect(message.role).toBe(NO_MESSAGE);
    expect(message.steps).toBeLessThan(4096 + 256);
  });
});

test("NTP is tied by the transmit timestamp that the server returns", () => {
  expect(decoded(decodeNtp, NTP_REQUEST)).toMatchObject({
    role: REQUEST,
    id1: 0xdab51fe5 | 0,
    id2: 0x1f27d8e1,
    identifier: "dab51fe51f27d8e1",
    operation: "client",
    version: "4",
  });
  expect(decoded(decodeNtp, NTP_REPLY)).toMatchObject({ role: REPLY, id1: 0xdab51fe5 | 0, status: "2" });
  const peer = Uint8Array.from(NTP_REPLY);
  peer[0] = 0x21;
  expect(decoded(decodeNtp, peer)).toMatchObject({
    role: REQUEST | REPLY,
    id1: 0x11111111,
    answered1: 0xdab51fe5 | 0,
    answered2: 0x1f27d8e1,
    operation: "symmetric",
  });
  const broadcast = Uint8Array.from(NTP_REPLY);
  broadcast[0] = 0x25;
  expect(decoded(decodeNtp, broadcast).role).toBe(NO_MESSAGE);
});

describe("SNMP", () => {
  test("is tied by the request-id; the community is nowhere", () => {
    const request = decoded(decodeSnmp, SNMP_REQUEST);
    expect(request).toMatchObject({ role: REQUEST, id1: 0x102, version: "1", operation: "GetRequest" });
    expect(JSON.stringify(request)).not.toContain("public");
    expect(decoded(decodeSnmp, SNMP_REPLY)).toMatchObject({ role: REPLY, id1: 0x102, status: "noSuchName" });
  });

  test.each([
    ["a1", REQUEST, "GetNextRequest"],
    ["a3", REQUEST, "SetRequest"],
    ["a4", NO_MESSAGE, null],
    ["a5", REQUEST, "GetBulkRequest"],
    ["a6", REQUEST, "InformRequest"],
    ["a7", NO_MESSAGE, null],
  ])("PDU %s", (tag, role, operation) => {
    const bytes = Uint8Array.from(SNMP_REQUEST);
    bytes[13] = Number.parseInt(tag, 16);
    expect(decoded(decodeSnmp, bytes)).toMatchObject({ role, operation });
  });

  test("of what is encrypted, the reportable flag says whether an answer is wanted", () => {
    expect(decoded(decodeSnmp, SNMP_V3)).toMatchObject({ role: REQUEST, id1: 0x55, version: "3" });
    const answer = Uint8Array.from(SNMP_V3);
    answer[16] = 3;
    expect(decoded(decodeSnmp, answer)).toMatchObject({ role: REPLY, id1: 0x55 });
  });
});

const service = new ServiceMessages({
  name: "own",
  transport: "udp",
  ports: [],
  request: {
    text: "",
    steps: [
      { kind: "bytes", bytes: hex("01"), mask: hex("ff") },
      { kind: "seek", mostBytes: 8 },
      { kind: "bytes", bytes: hex("3a"), mask: hex("ff") },
      { kind: "open" },
      { kind: "bytes", bytes: hex("0000"), mask: hex("0000") },
      { kind: "close" },
    ],
  },
  reply: {
    text: "",
    steps: [
      { kind: "pass", bytes: 1 },
      { kind: "open" },
      { kind: "bytes", bytes: hex("0000"), mask: hex("0000") },
      { kind: "close" },
    ],
  },
});
const decodeService: Decoder = (...payload) => service.read(...payload);
const SERVICE_REQUEST = hex("01 6161 3a beef 00");

test("a signature finds what ties request and reply", () => {
  const request = decoded(decodeService, SERVICE_REQUEST);
  expect(request).toMatchObject({ role: REQUEST, identifier: "beef", operation: "own", isUnnumbered: false });
  const reply = decoded(decodeService, hex("02 beef"));
  expect(reply).toMatchObject({ role: REPLY, id1: request.id1, id2: request.id2 });
  expect(decoded(decodeService, hex(`01 ${"61".repeat(9)} 3a beef`)).role).not.toBe(REQUEST);
});

describe.each<[string, Decoder, readonly Uint8Array[]]>([
  ["DNS", decodeDns, [DNS_QUERY, DNS_REPLY]],
  ["NTP", decodeNtp, [NTP_REQUEST, NTP_REPLY]],
  ["SNMP", decodeSnmp, [SNMP_REQUEST, SNMP_REPLY, SNMP_V3]],
  ["a service", decodeService, [SERVICE_REQUEST]],
])("%s", (_, decode, messages) => {
  test("a prefix is no message, or is tied as the whole", () => {
    for (const whole of messages) {
      const { id1, id2, content1, content2, role } = decoded(decode, whole);
      for (let length = 0; length < whole.length; length++) {
        const prefix = decoded(decode, whole.slice(0, length));
        if (prefix.role === role) expect(prefix).toMatchObject({ id1, id2, content1, content2 });
      }
    }
  });

  test("any bytes give something or nothing, whatever lies around them, in bounded work", () => {
    const mutated = fc
      .tuple(fc.constantFrom(...messages), fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 6 }))
      .map(([bytes, changes]) => {
        const copy = Uint8Array.from(bytes);
        for (const [at, byte] of changes) copy[at % copy.length] = byte;
        return copy;
      });
    const bytes = fc.oneof(mutated, fc.uint8Array({ maxLength: 300 }));
    fc.assert(
      fc.property(bytes, fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (inner, before, after) => {
        const alone = decoded(decode, inner);
        const around = Uint8Array.from([...before, ...inner, ...after]);
        expect(decoded(decode, around, before.length, before.length + inner.length)).toEqual(alone);
        expect(alone.steps).toBeLessThanOrEqual(4096 + 256 + 64 * inner.length);
        expect((alone.name?.length ?? 0) + (alone.answers?.length ?? 0)).toBeLessThan(2500);
      }),
      { numRuns: 1000 },
    );
  });
});
