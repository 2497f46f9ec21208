/** Names of IP protocols that a network carries today, as IANA assigns them, with the common short forms. */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ["icmp", 1],
  ["igmp", 2],
  ["ipip", 4],
  ["tcp", 6],
  ["egp", 8],
  ["igp", 9],
  ["udp", 17],
  ["dccp", 33],
  ["ipv6", 41],
  ["rsvp", 46],
  ["gre", 47],
  ["esp", 50],
  ["ah", 51],
  ["icmpv6", 58],
  ["ipv6-icmp", 58],
  ["eigrp", 88],
  ["ospf", 89],
  ["etherip", 97],
  ["pim", 103],
  ["ipcomp", 108],
  ["vrrp", 112],
  ["l2tp", 115],
  ["sctp", 132],
  ["udplite", 136],
  ["mpls-in-ip", 137],
]);

export function protocolByName(name: string): number | undefined {
  return NUMBERS.get(name.toLowerCase());
}
