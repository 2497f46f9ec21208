import { addressText } from "@trafmon/observation";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DHCP_ACK, readDhcp } from "./dhcp-message.ts";
import { DHCP6_REPLY, readDhcp6 } from "./dhcp6-message.ts";
import { readDnsNames } from "./dns-answers.ts";
import { addressOfPointer } from "./pointer-name.ts";

const bytesOf = (...parts: readonly (number | string | readonly number[])[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from([part].flat()))),
  );
const u16 = (value: number) => [value >> 8, value & 255];
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 0xffff)];
const label = (...labels: readonly string[]): number[] => labels.flatMap((each) => [each.length, ...Buffer.from(each)]);

function names(bytes: Uint8Array) {
  const told: string[] = [];
  readDnsNames(bytes, 0, bytes.length, (address, kind, name, lifeS) => {
    told.push(`${addressText(address.slice())} ${kind} ${name} ${lifeS}`);
  });
  return told;
}

/** A reply to a question for A of WWW.example.org through an alias, and a name server with its glue. */
const DNS_REPLY = bytesOf(
  u16(7),
  u16(0x8180),
  u16(1),
  u16(3),
  u16(0),
  u16(1),
  label("WWW", "example", "org"),
  0,
  u16(1),
  u16(1),
  // The alias, by a pointer to the question.
  0xc0,
  12,
  u16(5),
  u16(1),
  u32(300),
  u16(6),
  label("srv"),
  0xc0,
  16,
  0xc0,
  45,
  u16(1),
  u16(1),
  u32(60),
  u16(4),
  [192, 0, 2, 1],
  0xc0,
  45,
  u16(28),
  u16(1),
  u32(60),
  u16(16),
  [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 1],
  label("ns"),
  0xc0,
  16,
  u16(1),
  u16(1),
  u32(86_400),
  u16(4),
  [192, 0, 2, 53],
);

describe("DNS", () => {
  test("addresses in a reply, by the name they are owned by and the name asked for", () => {
    expect(names(DNS_REPLY)).toEqual([
      "192.0.2.1 name srv.example.org 60",
      "192.0.2.1 name www.example.org 60",
      // Not what was asked for.
      "2001:db8::1 name srv.example.org 60",
      "192.0.2.53 name ns.example.org 86400",
    ]);
  });

  test("a reverse name, in both families", () => {
    const reply = (question: readonly number[], target: readonly number[]) =>
      bytesOf(
        u16(7),
        u16(0x8180),
        u16(1),
        u16(1),
        u16(0),
        u16(0),
        question,
        0,
        u16(12),
        u16(1),
        0xc0,
        12,
        u16(12),
        u16(1),
        u32(5),
        u16(target.length),
        target,
      );
    expect(names(reply(label("1", "2", "0", "192", "in-addr", "arpa"), [...label("Host", "example"), 0]))).toEqual([
      "192.0.2.1 pointer host.example 5",
    ]);
    const six = ["1", ...Array<string>(23).fill("0"), "8", "b", "d", "0", "1", "0", "0", "2", "ip6", "arpa"];
    expect(names(reply(label(...six), [...label("six"), 0]))).toEqual(["2001:db8::1 pointer six 5"]);
  });

  test("requests, errors, other classes and times below zero tell nothing, or no time", () => {
    const changed = (at: number, ...values: readonly number[]) => {
      const bytes = Uint8Array.from(DNS_REPLY);
      bytes.set(values, at);
      return names(bytes);
    };
    expect(changed(2, 0x01)).toEqual([]);
    expect(changed(3, 0x83)).toEqual([]);
    expect(changed(2, 0xa8)).toEqual([]);
    // The class of the first address, and its time to live.
    const at = DNS_REPLY.indexOf(60) - 7;
    expect(changed(at + 2, 0, 3)[0]).toBe("2001:db8::1 name srv.example.org 60");
    expect(changed(at + 4, 0x80)[0]).toBe("192.0.2.1 name srv.example.org 0");
  });

  test("of every shorter message the whole records are read, and nothing else", () => {
    for (let length = 0; length < DNS_REPLY.length; length++) {
      const told = names(DNS_REPLY.subarray(0, length));
      expect(told).toEqual(names(DNS_REPLY).slice(0, told.length));
    }
  });

  test("no bytes whatever make it throw, read outside or work without end", () => {
    const header = fc.tuple(fc.constant([0, 1, 0x81, 0x80]), fc.uint8Array({ minLength: 8, maxLength: 8 }));
    const body = fc.array(fc.oneof(fc.constantFrom(0xc0, 12, 0, 1, 28, 63), fc.nat(255)), { maxLength: 300 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.tuple(header, body).map(([[a, b], c]) => Uint8Array.from([...a, ...b, ...c])),
        ),
        (bytes) => {
          for (const each of names(bytes)) expect(each).toMatch(/^[0-9a-f.:]+ (name|pointer) /);
        },
      ),
    );
  });

  test.each([
    "1.2.3.in-addr.arpa",
    "1.2.3.4.5.in-addr.arpa",
    "256.0.0.1.in-addr.arpa",
    "01.0.0.1.in-addr.arpa",
    "g.ip6.arpa",
    "b._dns-sd._udp.0.2.0.192.in-addr.arpa",
    "example.org",
  ])("%s stands for no address", (name) => expect(addressOfPointer(name)).toBeNull());
});

/** A DHCP message with these options. */
function dhcp(
  op: number,
  yours: readonly number[],
  options: readonly number[],
  file: readonly number[] = [],
): Uint8Array {
  const bytes = new Uint8Array(240 + options.length + 1);
  bytes.set([op, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef]);
  bytes.set(yours, 16);
  bytes.set([2, 0, 0, 0, 0, 9], 28);
  bytes.set(file, 108);
  bytes.set([0x63, 0x82, 0x53, 0x63, ...options, 255], 236);
  return bytes;
}

const ACK = dhcp(2, [10, 0, 0, 99], [53, 1, DHCP_ACK, 51, 4, ...u32(7200), 0, 12, 2, 76, 97, 12, 3, 112, 116, 111]);

describe("DHCP", () => {
  test("an acknowledgement: whose, what address, how long, and a name in two pieces", () => {
    const message = readDhcp(ACK)!;
    expect(message).toMatchObject({
      type: DHCP_ACK,
      isReply: true,
      transaction: 0xdeadbeef,
      hardware: "02:00:00:00:00:09",
      clients: null,
      leaseS: 7200,
      name: "lapto",
    });
    expect(addressText(message.yours!)).toBe("10.0.0.99");
  });

  test("the name of option 81 goes before that of option 12, as DNS has it or as text", () => {
    const encoded = [81, 3 + 7, 4, 0, 0, ...label("PC", "lan")];
    expect(readDhcp(dhcp(1, [0, 0, 0, 0], [12, 1, 120, ...encoded]))!.name).toBe("pc.lan");
    expect(readDhcp(dhcp(1, [0, 0, 0, 0], [81, 3 + 3, 0, 0, 0, 80, 67, 46]))!.name).toBe("pc");
    expect(readDhcp(dhcp(1, [0, 0, 0, 0], [81, 4, 4, 0, 0, 0xc0, 12, 1, 120]))!.name).toBe("x");
  });

  test("options in the fields of the boot file and the server name are read where option 52 says so", () => {
    const file = [53, 1, DHCP_ACK, 255];
    expect(readDhcp(dhcp(2, [10, 0, 0, 1], [52, 1, 1], file))!.type).toBe(DHCP_ACK);
    expect(readDhcp(dhcp(2, [10, 0, 0, 1], [], file))!.type).toBe(0);
  });

  test("other hardware than Ethernet bears its type", () => {
    const bytes = Uint8Array.from(ACK);
    bytes.set([32, 8], 1);
    expect(readDhcp(bytes)!.hardware).toBe("32/02:00:00:00:00:09:00:00");
  });

  test("every shorter message is refused or has fewer options, and no bytes make it throw", () => {
    for (let length = 0; length < ACK.length; length++) {
      const message = readDhcp(ACK.subarray(0, length));
      if (length < 236) expect(message).toBeNull();
      else expect([DHCP_ACK, 0]).toContain(message!.type);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, isLike) => {
        if (isLike && bytes.length > 240) bytes.set([2, 1, 6]);
        if (isLike && bytes.length > 240) bytes.set([0x63, 0x82, 0x53, 0x63], 236);
        readDhcp(bytes);
      }),
    );
  });
});

const DUID = [0, 3, 0, 1, 2, 0, 0, 0, 0, 9];
const option6 = (code: number, ...content: readonly number[]) => [...u16(code), ...u16(content.length), ...content];
const IA_ADDRESS = option6(5, 0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 9, ...u32(100), ...u32(3600));
const REPLY6 = bytesOf(
  DHCP6_REPLY,
  [1, 2, 3],
  option6(1, ...DUID),
  option6(3, ...u32(1), ...u32(50), ...u32(80), ...IA_ADDRESS),
  option6(39, 0, ...label("host", "example")),
);

describe("DHCPv6", () => {
  const said = (bytes: Uint8Array) => {
    const message = readDhcp6(bytes);
    return (
      message && {
        ...message,
        addresses: message.addresses.map(({ address, validS }) => [addressText(address.slice()), validS]),
      }
    );
  };

  test("a reply, and the same through two relays", () => {
    const expected = {
      type: DHCP6_REPLY,
      transaction: 0x010203,
      duid: "00:03:00:01:02:00:00:00:00:09",
      addresses: [["2001:db8::9", 3600]],
      name: "host.example",
    };
    expect(said(REPLY6)).toEqual(expected);
    const relayed = (bytes: Uint8Array) =>
      bytesOf(13, 0, Array<number>(32).fill(0), option6(18, 1, 2), option6(9, ...bytes));
    expect(said(relayed(relayed(REPLY6)))).toEqual(expected);
    let deep = REPLY6;
    for (let relays = 0; relays < 9; relays++) deep = relayed(deep);
    expect(said(deep)).toBeNull();
  });

  test("every shorter message has a part of it, and no bytes make it throw", () => {
    for (let length = 0; length < REPLY6.length; length++) {
      const message = said(REPLY6.subarray(0, length));
      if (length < 4) expect(message).toBeNull();
      else expect([null, "00:03:00:01:02:00:00:00:00:09"]).toContain(message!.duid);
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readDhcp6(bytes)));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(0, 12, 13, 9, 3, 5, 1), fc.nat(255)), { maxLength: 300 }),
        (bytes) => {
          readDhcp6(Uint8Array.from([13, ...bytes]));
        },
      ),
    );
  });
});
