import { decode, encode } from "dns-packet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dnsRequest, readDnsReply } from "./dns-exchange.ts";
import { readExtendedPassiveReply, readPassiveReply } from "./ftp/ftp-addresses.ts";
import { echoRequest, readEchoMessage } from "./icmp-message.ts";
import { ntpRequest, readNtpReply } from "./ntp-packet.ts";
import { readSnmpHeading } from "./snmp-heading.ts";

const bytes = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");

/** A message of each protocol as servers send it, and how it is read. */
const QUESTION = { name: "www.example.test", type: "A" } as const;
const IDENTIFIER = bytes("d7 65 e2 5e 01 23 45 67");
const NTP_REPLY = bytes(
  "24 03 06 e7 00000001 00000010 7f7f0101 d765e25900000000 d765e25e01234567 d765e25f00000000 d765e25f00000001",
);
const DNS_REPLY = encode({
  type: "response",
  id: 0x1234,
  questions: [{ ...QUESTION, class: "IN" }],
  answers: [{ ...QUESTION, data: "192.0.2.1" }],
});
const SNMP_REPLY = bytes(
  "30 29 0201 01 0406 7075626c6963 a21c 0204 01020304 0201 00 0201 00 300e 300c 0608 2b06010201010500 0500",
);
const SNMP_V3 = bytes(
  "30 3c 0201 03 3011 0204 0a0b0c0d 0203 00ffe3 0401 04 0201 03 0402 3000 3020 0400 0400 a21a 0201 07 0201 00 0201 00 300f 300d 0609 2b0601060300000000 0500",
);
const ECHO_REPLY = Buffer.concat([bytes("0000 0000 1234 0005"), Buffer.alloc(20)]);
const UNREACHABLE = Buffer.concat([
  bytes("0301 0000 00000000"),
  bytes("45"),
  Buffer.alloc(19),
  echoRequest(4, 0x1234, 5, Buffer.alloc(0)),
]);

const readers = [
  { name: "NTP", reply: NTP_REPLY, read: (reply: Buffer) => readNtpReply(reply, IDENTIFIER) },
  { name: "DNS", reply: DNS_REPLY, read: (reply: Buffer) => readDnsReply(reply, 0x1234, QUESTION) },
  { name: "SNMP", reply: SNMP_REPLY, read: readSnmpHeading },
  { name: "SNMP version 3", reply: SNMP_V3, read: readSnmpHeading },
  { name: "ICMP", reply: ECHO_REPLY, read: (reply: Buffer) => readEchoMessage(4, reply) },
  { name: "ICMP error", reply: UNREACHABLE, read: (reply: Buffer) => readEchoMessage(4, reply) },
  {
    name: "ICMPv6",
    reply: Buffer.from([129, ...ECHO_REPLY.subarray(1)]),
    read: (reply: Buffer) => readEchoMessage(6, reply),
  },
];

describe.each(readers)("$name", ({ reply, read }) => {
  test("the reply is read", () => {
    expect(read(reply)).not.toBeNull();
  });

  test("any bytes are read as a reply or as none, and never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        read(Buffer.from(any));
      }),
    );
  });

  test("a reply with any one byte changed does not throw", () => {
    fc.assert(
      fc.property(fc.nat(reply.length - 1), fc.integer({ min: 0, max: 255 }), (at, value) => {
        const changed = Buffer.from(reply);
        changed[at] = value;
        read(changed);
      }),
    );
  });
});

/** Bytes that a reply must have to be one: behind them is payload. A DNS reply may end anywhere after its header. */
const LEAST_BYTES: Readonly<Record<string, number>> = { NTP: 48, DNS: 12, ICMP: 8, ICMPv6: 8, "ICMP error": 36 };

test.each(readers)("$name: every prefix that is too short is refused", ({ name, reply, read }) => {
  // Of SNMP the variables, which come last, are not looked at.
  const least = LEAST_BYTES[name] ?? 20;
  const lengths = Array.from({ length: least }, (_, length) => length);
  expect(lengths.filter((length) => read(reply.subarray(0, length)) !== null)).toEqual([]);
});

test("SNMP: what identifies a message, whatever the version", () => {
  expect(readSnmpHeading(SNMP_REPLY)).toEqual({
    identifier: 0x01020304,
    version: "2c",
    operation: null,
    status: "noError",
    isReply: true,
  });
  expect(readSnmpHeading(SNMP_V3)).toMatchObject({ identifier: 0x0a0b0c0d, version: "3", isReply: true });
});

test("NTP: only the reply to the request is one", () => {
  expect(readNtpReply(NTP_REPLY, IDENTIFIER)).toEqual({
    version: 4,
    stratum: 3,
    isSynchronized: true,
    referenceId: "7f7f0101",
  });
  expect(readNtpReply(NTP_REPLY, Buffer.alloc(8))).toBeNull();
  expect(readNtpReply(ntpRequest(IDENTIFIER), IDENTIFIER)).toBeNull();
});

test("DNS: a request is what the library reads, and another question's reply is none", () => {
  const request = decode(dnsRequest(7, QUESTION, true));
  expect(request).toMatchObject({ id: 7, type: "query", questions: [QUESTION] });
  expect(request.additionals).toMatchObject([{ type: "OPT", udpPayloadSize: 1232 }]);
  expect(readDnsReply(DNS_REPLY, 0x1234, { name: "WWW.example.TEST", type: "A" })).not.toBeNull();
  expect(readDnsReply(DNS_REPLY, 0x1234, { name: "www.example.test", type: "AAAA" })).toBeNull();
  expect(readDnsReply(DNS_REPLY, 0x1235, QUESTION)).toBeNull();
});

test("ICMP: an error about an echo names the echo", () => {
  expect(readEchoMessage(4, UNREACHABLE)).toEqual({ identifier: 0x1234, sequence: 5, error: "unreachable" });
});

test("FTP: ports of data connections", () => {
  expect(readPassiveReply("Entering Passive Mode (192,0,2,7,117,48).")).toEqual({ address: "192.0.2.7", port: 30000 });
  expect(readPassiveReply("Passive = 192,0,2,7,0,21")).toEqual({ address: "192.0.2.7", port: 21 });
  for (const text of ["(192,0,2,7,117)", "(192,0,2,256,1,1)", "(192,0,2,7,0,0)", "", "1,2,3,4,5,6,7", "-1,2,3,4,5,6"]) {
    expect(readPassiveReply(text)).toBeNull();
  }
  expect(readExtendedPassiveReply("Entering Extended Passive Mode (|||30000|)")).toBe(30_000);
  expect(readExtendedPassiveReply("ok (!!!21!)")).toBe(21);
  for (const text of ["(|||0|)", "(|||65536|)", "(||21|)", "(|||21)", "|||21|", ""]) {
    expect(readExtendedPassiveReply(text)).toBeNull();
  }
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), (text) => {
      readPassiveReply(text);
      readExtendedPassiveReply(text);
    }),
  );
});
