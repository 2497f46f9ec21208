import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ethernetIp } from "../build/frame.ts";
import { ipv4, ipv6 } from "../build/ip-packet.ts";
import { type IpPayload, tcp, udp } from "../build/transport-header.ts";
import { LINK_ETHERNET } from "../link-type.ts";
import * as record from "../packet-record.ts";
import { openCapture } from "../read/open-capture.ts";
import { v4Destination, v4Source, v6Destination, v6Source } from "../testing/frame-samples.ts";
import { hasTshark } from "../testing/tshark.ts";
import { PcapWriter } from "../write/pcap-writer.ts";
import { Dissector } from "./dissector.ts";
import { TunnelDissector } from "./tunnel.ts";
import { IP_PACKET } from "./verdict.ts";

const bytesOf = (...parts: readonly (readonly number[] | Uint8Array)[]) =>
  Uint8Array.from(Buffer.concat(parts.map((part) => Buffer.from(part))));
const carried = (protocol: number, bytes: Uint8Array): IpPayload => ({
  protocol,
  bytes,
  checksumAt: null,
  withPseudoHeader: false,
});
const in4 = (protocol: number, bytes: Uint8Array) => ipv4(v4Source, v4Destination, carried(protocol, bytes));
const in6 = (protocol: number, bytes: Uint8Array) => ipv6(v6Source, v6Destination, carried(protocol, bytes));
const inUdp = (port: number, ...parts: readonly (readonly number[] | Uint8Array)[]) =>
  ipv4(v4Source, v4Destination, udp(50_000, port, bytesOf(...parts)));

const payload = Uint8Array.from({ length: 30 }, (_, index) => index);
const inner4 = ipv4(
  Uint8Array.of(10, 1, 2, 3),
  Uint8Array.of(10, 4, 5, 6),
  tcp({ sourcePort: 4242, destinationPort: 9999, payload }),
);
const inner6 = ipv6(v6Destination, v6Source, udp(5555, 7777, payload));
const frame4 = ethernetIp(inner4);

/** Packets in tunnels: name, the packet around, and the number of the tunnel. */
const samples: readonly (readonly [name: string, packet: Uint8Array, tunnel: number])[] = [
  ["4in4", in4(4, inner4), 0],
  ["6in4", in4(41, inner6), 0],
  ["4in6", in6(4, inner4), 0],
  ["6in6", in6(41, inner6), 0],
  ["GRE", in4(47, bytesOf([0, 0, 8, 0], inner4)), 0],
  ["GRE over IPv6", in6(47, bytesOf([0, 0, 0x86, 0xdd], inner6)), 0],
  ["GRE with key", in4(47, bytesOf([0x20, 0, 8, 0, 0x80, 0, 0, 7], inner4)), 0x80000007],
  ["GRE with sequence", in4(47, bytesOf([0x10, 0, 8, 0, 0, 0, 0, 1], inner4)), 0],
  ["GRE with all", in4(47, bytesOf([0xb0, 0, 8, 0, 1, 2, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1], inner4)), 9],
  ["Ethernet in GRE", in4(47, bytesOf([0x20, 0, 0x65, 0x58, 0, 0, 5, 1], frame4)), 0x501],
  ["MPLS in GRE", in4(47, bytesOf([0, 0, 0x88, 0x47], [0, 1, 1, 64], inner4)), 0],
  ["PPP in GRE", in4(47, bytesOf([0x30, 0x01, 0x88, 0x0b, 0, 74, 0, 7, 0, 0, 0, 1], [0xff, 3, 0, 0x21], inner4)), 0],
  ["ERSPAN II", in4(47, bytesOf([0x10, 0, 0x88, 0xbe, 0, 0, 0, 1], [0x10, 0, 0, 77, 0, 0, 0, 0], frame4)), 77],
  ["VXLAN", inUdp(4789, [8, 0, 0, 0, 0x12, 0x34, 0x56, 0], frame4), 0x123456],
  ["Geneve", inUdp(6081, [0, 0, 0x65, 0x58, 0, 0, 9, 0], frame4), 9],
  ["Geneve with options", inUdp(6081, [1, 0, 0x65, 0x58, 0, 0, 9, 0, 1, 2, 3, 0], frame4), 9],
  ["GTP-U", inUdp(2152, [0x30, 0xff, 0, inner4.length, 0, 0, 0, 1], inner4), 0],
  [
    "GTP-U with extension",
    inUdp(2152, [0x34, 0xff, 0, inner6.length + 8, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 9, 0], inner6),
    0,
  ],
  ["GRE in VXLAN", inUdp(4789, [8, 0, 0, 0, 0, 0, 5, 0], ethernetIp(in4(47, bytesOf([0, 0, 8, 0], inner4)))), 5],
  ["4in4in4", in4(4, in4(4, inner4)), 0],
];

interface Found {
  readonly source: string;
  readonly destination: string;
  readonly bytes: number;
  readonly ports: string;
}

const words = new Int32Array(2 * record.PAYLOAD);
const inside = record.PAYLOAD;
const dissector = new Dissector();
const tunnels = new TunnelDissector();

/** The innermost packet, null where there is none inside. */
function innermost(bytes: Uint8Array, offset: number, captured: number, wire: number, linkType: number): Found | null {
  if (dissector.dissect(bytes, offset, captured, wire, linkType, words, 0) !== IP_PACKET) return null;
  if (!tunnels.dissect(dissector.walk, words, 0, words, inside)) return null;
  const flags = words[inside + record.FLAGS]!;
  expect(flags & record.FLAG_INNER).not.toBe(0);
  const ports = words[inside + record.PORTS]!;
  return {
    source: hex(inside + record.SOURCE, (flags & record.FLAG_IPV6) !== 0),
    destination: hex(inside + record.DESTINATION, (flags & record.FLAG_IPV6) !== 0),
    bytes: words[inside + record.IP_BYTES]! >>> 0,
    ports: flags & record.FLAG_PORTS ? `${ports >>> 16} ${ports & 0xffff}` : "",
  };
}

function hex(at: number, isV6: boolean): string {
  const parts = Array.from(words.subarray(at, at + (isV6 ? 4 : 1)), (word) =>
    (word >>> 0).toString(16).padStart(8, "0"),
  );
  return parts.join("");
}

test.each(samples)("%s: the packet inside is found, with the number of its tunnel", (_, packet, tunnel) => {
  const frame = ethernetIp(packet);
  const found = innermost(frame, 0, frame.length, frame.length, LINK_ETHERNET);
  expect([found?.bytes, found?.ports]).toEqual(
    Buffer.from(packet).includes(Buffer.from(inner4)) ? [inner4.length, "4242 9999"] : [inner6.length, "5555 7777"],
  );
  expect(words[inside + record.TUNNEL]! >>> 0).toBe(tunnel);
  expect(words[inside + record.FLAGS]! & (record.FLAG_CUT | record.FLAG_FRAGMENT)).toBe(0);
});

test("what is no tunnel has nothing inside: a quoted header, another port, a bad header, a later fragment", () => {
  const none = (packet: Uint8Array) => {
    const frame = ethernetIp(packet);
    return innermost(frame, 0, frame.length, frame.length, LINK_ETHERNET);
  };
  expect(none(inner4)).toBeNull();
  expect(none(in4(1, bytesOf([3, 1, 0, 0, 0, 0, 0, 0], inner4)))).toBeNull();
  expect(none(inUdp(4788, [8, 0, 0, 0, 0, 0, 5, 0], frame4))).toBeNull();
  expect(none(inUdp(4789, [0, 0, 0, 0, 0, 0, 5, 0], frame4))).toBeNull();
  expect(none(in4(4, bytesOf([0x55], inner4.subarray(1))))).toBeNull();
  expect(none(in4(4, inner4.subarray(0, inner4.length - 1)))).toBeNull();
  const later = ipv4(v4Source, v4Destination, carried(4, inner4), { fragmentOffset: 64, identification: 1 });
  expect(none(later)).toBeNull();
});

test("the first fragment of a tunnelled packet stands for all of it", () => {
  const first = ipv4(v4Source, v4Destination, carried(4, inner4.subarray(0, 48)), { moreFragments: true });
  const frame = ethernetIp(first);
  expect(innermost(frame, 0, frame.length, frame.length, LINK_ETHERNET)).toMatchObject({
    bytes: inner4.length,
    ports: "4242 9999",
  });
});

test("nesting is bounded", () => {
  let packet = inner4;
  for (let depth = 0; depth < 50; depth++) packet = in4(4, packet);
  const frame = ethernetIp(packet);
  expect(innermost(frame, 0, frame.length, frame.length, LINK_ETHERNET)!.bytes).toBe(packet.length - 8 * 20);
});

test("nothing beyond the captured bytes is ever looked at, whatever they are", () => {
  const headers = fc.oneof(fc.constantFrom(...samples.map(([, packet]) => packet)), fc.uint8Array({ maxLength: 120 }));
  const change = fc.tuple(fc.nat(90), fc.nat(255));
  fc.assert(
    fc.property(
      headers,
      fc.array(change, { maxLength: 4 }),
      fc.nat(200),
      fc.boolean(),
      (packet, changes, cut, isCut) => {
        const altered = Uint8Array.from(packet);
        for (const [at, value] of changes) if (at < altered.length) altered[at] = value;
        const frame = bytesOf(new Uint8Array(12), [8, 0], altered);
        const captured = Math.min(cut, frame.length);
        const views = [0, 0xff].map((rest) => {
          const around = new Uint8Array(captured + 300).fill(rest);
          around.set(frame.subarray(0, captured));
          const found = innermost(around, 0, captured, isCut ? frame.length : captured, LINK_ETHERNET);
          return found === null ? null : { ...found };
        });
        expect(views[0]).toEqual(views[1]);
      },
    ),
    { numRuns: 3000 },
  );
});

/**
 * The innermost IP packet by tshark: what the last IP layer says; null without a tunnel, undefined where it cannot be
 * told, for an ICMP error quotes another header of the same field names.
 */
function tsharkInnermost(path: string): (Found | null | undefined)[] {
  const names = ["frame.protocols", "ip.src", "ip.dst", "ip.len", "ipv6.src", "ipv6.dst", "ipv6.plen"];
  const ports = ["tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport"];
  const options = ["-n", "-r", path, "-T", "fields", "-E", "occurrence=l", "-E", "separator=|"];
  const preferences = ["-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-d", "udp.port==8472,vxlan"];
  const fields = [...names, ...ports].flatMap((name) => ["-e", name]);
  const { stdout } = spawnSync("tshark", [...options, ...preferences, ...fields], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const [layers, v4From, v4To, v4Bytes, v6From, v6To, v6Bytes, ...portColumns] = line.split("|") as string[];
      // From Wireshark 4.4 on this list leaves the IPv4 header behind an MPLS label out.
      const stack = layers!.replace(/\bmpls:(?=udp|tcp|icmp)/, "mpls:ip:").split(":");
      const quotedFrom = stack.findIndex((layer) => layer === "icmp" || layer === "icmpv6");
      const known = quotedFrom < 0 ? stack : stack.slice(0, quotedFrom);
      const ipLayers = known.filter((layer) => layer === "ip" || layer === "ipv6");
      if (ipLayers.length < 2) return null;
      if (stack.slice(known.length).some((layer) => layer === "ip" || layer === "ipv6")) return undefined;
      const isV6 = ipLayers.at(-1) === "ipv6";
      const behind = known.slice(known.lastIndexOf(ipLayers.at(-1)!) + 1);
      const [tcpFrom, tcpTo, udpFrom, udpTo] = portColumns;
      const transport = behind.includes("tcp")
        ? `${tcpFrom} ${tcpTo}`
        : behind.includes("udp")
          ? `${udpFrom} ${udpTo}`
          : "";
      return {
        source: isV6 ? v6Hex(v6From!) : v4Hex(v4From!),
        destination: isV6 ? v6Hex(v6To!) : v4Hex(v4To!),
        bytes: isV6 ? Number(v6Bytes) + 40 : Number(v4Bytes),
        ports: transport,
      };
    });
}

function v4Hex(text: string): string {
  return text
    .split(".")
    .map((part) => Number(part).toString(16).padStart(2, "0"))
    .join("");
}

function v6Hex(text: string): string {
  const [head = "", tail] = text.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const middle = new Array<string>(8 - front.length - back.length).fill("0");
  return [...front, ...middle, ...back].map((group) => group.padStart(4, "0")).join("");
}

async function ourInnermost(path: string): Promise<(Found | null)[]> {
  const reader = await openCapture(path);
  const found: (Found | null)[] = [];
  do {
    while (reader.next()) {
      const { bytes, offset, capturedBytes, wireBytes, linkType } = reader;
      found.push(innermost(bytes, offset, capturedBytes, wireBytes, linkType));
    }
  } while (await reader.fill());
  await reader.close();
  return found;
}

describe.skipIf(!hasTshark())("tshark finds the same packets inside", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "trafmon-tunnels-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("in what was made", async () => {
    const path = join(folder, "tunnels.pcap");
    const writer = new PcapWriter(path);
    for (const [, packet] of samples) writer.write(1_700_000_000, 0, ethernetIp(packet));
    writer.close();
    const ours = await ourInnermost(path);
    expect(ours.every((each) => each !== null)).toBe(true);
    const named = (found: readonly (Found | null | undefined)[]) =>
      found.map((each, index) => [samples[index]![0], each]);
    expect(named(ours)).toEqual(named(tsharkInnermost(path)));
  });

  const shared = fileURLToPath(new URL("../../../../../shared/data/pcaps", import.meta.url));
  test.skipIf(!existsSync(shared)).each([
    ["6in4_tunnel.pcap", 127],
    ["gre.cap", 2],
    ["ipip.pcap", 6],
    ["vlan_mpls_ipv6_mix.pcap", 0],
    ["pppoe_http.pcap", 0],
    ["mixed_dns_icmp_icmpv6.pcap", 0],
    ["tcp_loss_sack_app.pcapng", 0],
  ])("in %s", async (name, least) => {
    const path = join(shared, name);
    const ours = await ourInnermost(path);
    const theirs = tsharkInnermost(path);
    const told = <T>(found: readonly T[]) => found.filter((_, index) => theirs[index] !== undefined);
    expect(told(ours)).toEqual(told(theirs));
    expect(theirs.filter((each) => each === undefined).length).toBeLessThan(10);
    expect(ours.filter((each) => each !== null).length).toBeGreaterThanOrEqual(least);
  });
});
