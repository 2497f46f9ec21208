import { addressBytes } from "@trafmon/address";
import { ethernet, ethernetIp, type Tag, vlanTag } from "../build/frame.ts";
import { ipv4, ipv6 } from "../build/ip-packet.ts";
import { icmp, icmpv6, TCP_ACK, TCP_SYN, tcp, udp } from "../build/transport-header.ts";
import * as link from "../link-type.ts";

/** A frame for tests, and its link type. */
export interface FrameSample {
  readonly name: string;
  readonly linkType: number;
  readonly frame: Uint8Array;
  /** Length on the wire; absent: nothing was cut. */
  readonly wireBytes?: number;
}

export const v4Source = addressBytes("192.0.2.1");
export const v4Destination = addressBytes("198.51.100.7");
export const v6Source = addressBytes("2001:db8::1");
export const v6Destination = addressBytes("2001:db8:0:1::2");

const payload = Uint8Array.from({ length: 40 }, (_, index) => index * 5);
const SYN_OPTIONS = Uint8Array.of(2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7);
const SACK_OPTIONS = Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 5, 10, 0, 0, 1, 0, 0, 0, 2, 0);

const segment = tcp({
  sourcePort: 4242,
  destinationPort: 80,
  sequence: 7,
  acknowledgement: 9,
  flags: TCP_ACK,
  payload,
});
const datagram = udp(5353, 7777, payload);
/** Packets by name. */
const v4Packets: Record<string, Uint8Array> = {
  tcp: ipv4(v4Source, v4Destination, segment),
  syn: ipv4(v4Source, v4Destination, tcp({ sourcePort: 1, destinationPort: 2, flags: TCP_SYN, options: SYN_OPTIONS })),
  sack: ipv4(v4Source, v4Destination, tcp({ sourcePort: 1, destinationPort: 2, options: SACK_OPTIONS, payload })),
  udp: ipv4(v4Source, v4Destination, datagram, { tos: 0xb8 }),
  icmp: ipv4(v4Source, v4Destination, icmp(8, 0, 0x00010002, payload)),
  options: ipv4(v4Source, v4Destination, datagram, { options: Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 0) }),
  first: ipv4(v4Source, v4Destination, segment, { moreFragments: true, identification: 77 }),
  later: ipv4(v4Source, v4Destination, segment, { fragmentOffset: 64, identification: 77 }),
};
const v6Packets: Record<string, Uint8Array> = {
  tcp: ipv6(v6Source, v6Destination, segment, { trafficClass: 0xb8 }),
  udp: ipv6(v6Source, v6Destination, datagram),
  icmpv6: ipv6(v6Source, v6Destination, icmpv6(128, 0, 0x00010002, payload)),
  extensions: ipv6(v6Source, v6Destination, segment, {
    extensions: [
      [0, Uint8Array.of(0, 5, 2, 0, 0, 1, 0)],
      [60, Uint8Array.of(1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)],
    ],
  }),
  first: ipv6(v6Source, v6Destination, segment, { extensions: [[44, Uint8Array.of(0, 0, 1, 0, 0, 0, 77)]] }),
  later: ipv6(v6Source, v6Destination, segment, { extensions: [[44, Uint8Array.of(0, 0, 0x41, 0, 0, 0, 77)]] }),
  atomic: ipv6(v6Source, v6Destination, datagram, { extensions: [[44, Uint8Array.of(0, 0, 0, 0, 0, 0, 77)]] }),
};

const bytesOf = (...parts: readonly (readonly number[] | Uint8Array)[]) =>
  Uint8Array.from(Buffer.concat(parts.map((part) => Buffer.from(part))));
const u16 = (value: number) => [value >> 8, value & 0xff];
const typeOf = (packet: Uint8Array) => (packet[0]! >> 4 === 6 ? 0x86dd : 0x0800);
const label = (value: number, isBottom: boolean) => [
  value >> 12,
  value >> 4,
  ((value & 15) << 4) | (isBottom ? 1 : 0),
  64,
];
const snap = (packet: Uint8Array) => bytesOf([0xaa, 0xaa, 3, 0, 0, 0], u16(typeOf(packet)), packet);
const ppp = (packet: Uint8Array) => bytesOf(u16(typeOf(packet) === 0x86dd ? 0x57 : 0x21), packet);
const pppoe = (packet: Uint8Array) => bytesOf([0x11, 0, 0, 1], u16(ppp(packet).length), ppp(packet));

/** tshark tells the frames in a pseudowire by the vendors of their addresses, and must not know 21:00:00. */
const vendorMac = [0, 0x1b, 0x21, 0, 0, 1, 0, 0x1b, 0x21, 0, 0, 2];

/** How a packet may be wrapped in an Ethernet frame. */
const etherWraps: Record<string, (packet: Uint8Array) => Uint8Array> = {
  plain: (packet) => ethernetIp(packet),
  padded: (packet) => bytesOf(ethernetIp(packet), new Uint8Array(20)),
  vlan: (packet) => ethernetIp(packet, [vlanTag(42)]),
  qinq: (packet) => ethernetIp(packet, [vlanTag(100, 0x88a8), vlanTag(7)]),
  triple: (packet) => ethernetIp(packet, [vlanTag(1, 0x9100), vlanTag(2), vlanTag(3)] satisfies Tag[]),
  mpls: (packet) => ethernet(0x8847, bytesOf(label(16, false), label(1000, true), packet)),
  "mpls pseudowire": (packet) =>
    ethernet(0x8847, bytesOf(label(16, true), [0, 0, 0, 0], vendorMac, ethernetIp(packet).subarray(12))),
  "mpls channel": (packet) =>
    ethernet(0x8847, bytesOf(label(13, true), [0x10, 0], u16(typeOf(packet) === 0x86dd ? 0x57 : 0x21), packet)),
  pppoe: (packet) => ethernet(0x8864, pppoe(packet)),
  "802.3": (packet) => ethernet(snap(packet).length, bytesOf(snap(packet), new Uint8Array(9))),
  "vlan 802.3": (packet) => ethernet(snap(packet).length, snap(packet), [vlanTag(9)]),
  backbone: (packet) => ethernet(0x88e7, bytesOf([0, 0, 0, 1], ethernetIp(packet))),
  bridged: (packet) => ethernet(0x6558, ethernetIp(packet)),
};

/** How a packet may be wrapped for other link types. */
const otherWraps: readonly [name: string, linkType: number, wrap: (packet: Uint8Array) => Uint8Array][] = [
  ["sll", link.LINK_SLL, (p) => bytesOf([0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0], u16(typeOf(p)), p)],
  ["sll llc", link.LINK_SLL, (p) => bytesOf([0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 0, 4], snap(p))],
  [
    "sll vlan",
    link.LINK_SLL,
    (p) => bytesOf([0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 0x81, 0, 0, 5], u16(typeOf(p)), p),
  ],
  ["sll2", link.LINK_SLL2, (p) => bytesOf(u16(typeOf(p)), [0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0], p)],
  ["raw", link.LINK_RAW, (p) => p],
  ["null little", link.LINK_NULL, (p) => bytesOf([typeOf(p) === 0x86dd ? 30 : 2, 0, 0, 0], p)],
  ["null big", link.LINK_NULL, (p) => bytesOf([0, 0, 0, typeOf(p) === 0x86dd ? 28 : 2], p)],
  ["loop", link.LINK_LOOP, (p) => bytesOf([0, 0, 0, typeOf(p) === 0x86dd ? 24 : 2], p)],
  ["ppp", link.LINK_PPP, ppp],
  ["ppp framed", link.LINK_PPP, (p) => bytesOf([0xff, 3], ppp(p))],
  ["ppp short", link.LINK_PPP, (p) => ppp(p).subarray(1)],
  ["hdlc ppp", link.LINK_PPP_HDLC, (p) => bytesOf([0xff, 3], ppp(p))],
  ["hdlc cisco", link.LINK_PPP_HDLC, (p) => bytesOf([0x0f, 0], u16(typeOf(p)), p)],
  ["cisco", link.LINK_CISCO_HDLC, (p) => bytesOf([0x8f, 0], u16(typeOf(p)), p)],
  ["pppoe", link.LINK_PPPOE, pppoe],
];

/** Frames that carry an IP packet: every packet in plain Ethernet, and one of each version in every wrapping. */
export function frameSamples(): FrameSample[] {
  const samples: FrameSample[] = [];
  const packets = [
    ...Object.entries(v4Packets).map(([name, packet]) => [`v4 ${name}`, packet] as const),
    ...Object.entries(v6Packets).map(([name, packet]) => [`v6 ${name}`, packet] as const),
  ];
  for (const [name, packet] of packets) {
    samples.push({ name, linkType: link.LINK_ETHERNET, frame: ethernetIp(packet) });
    samples.push({
      name: `${name} cut`,
      linkType: link.LINK_ETHERNET,
      frame: ethernetIp(packet).subarray(0, 14 + 60),
      wireBytes: 14 + packet.length,
    });
  }
  const both = [v4Packets.tcp!, v6Packets.udp!];
  for (const packet of both) {
    const version = `v${packet[0]! >> 4}`;
    for (const [name, wrap] of Object.entries(etherWraps)) {
      samples.push({ name: `${version} ${name}`, linkType: link.LINK_ETHERNET, frame: wrap(packet) });
    }
    for (const [name, linkType, wrap] of otherWraps) {
      samples.push({ name: `${version} ${name}`, linkType, frame: wrap(packet) });
    }
  }
  samples.push({ name: "ipv4 only", linkType: link.LINK_IPV4, frame: v4Packets.udp! });
  samples.push({ name: "ipv6 only", linkType: link.LINK_IPV6, frame: v6Packets.tcp! });
  return samples;
}
