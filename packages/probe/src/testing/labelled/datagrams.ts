import { type IpPayload, icmp, icmpv6, ipv4, ipv6, udp } from "@trafmon/packet";
import type { Label, LabelledPacket } from "./labelled-packet.ts";
import type { Random } from "./random.ts";
import { host, type Identification } from "./transfer.ts";

/** What is no TCP: a stream of numbered datagrams, echo requests, and questions that are asked again when unanswered. */
export function datagrams(
  identification: Identification,
  random: Random,
  number: number,
  startNs: number,
  count: number,
): LabelledPacket[] {
  const isV6 = identification === "v6";
  const hosts = [host(isV6, 3, number), host(isV6, 4, number)] as const;
  const kind = random.oneOf(["stream", "echo", "question"] as const);
  const packets: LabelledPacket[] = [];
  let named = random.below(65_536);
  let atNs = startNs;

  function pass(instantNs: number, label: Label, direction: 0 | 1, carried: IpPayload, id: number): void {
    const [from, to] = [hosts[direction], hosts[1 - direction]!];
    const bytes = (hops: number) =>
      isV6
        ? ipv6(from, to, carried, { hopLimit: 60 - hops })
        : ipv4(from, to, carried, { ttl: 60 - hops, identification: id });
    packets.push({ atNs: Math.round(instantNs), label, direction, bytes });
  }
  const identify = () => {
    named = (named + 1) & 0xffff;
    return identification === "zero" || isV6 ? 0 : named;
  };

  for (let index = 0; index < count; index++) {
    const text = new Uint8Array(kind === "stream" ? 200 : 32).fill(number);
    new DataView(text.buffer).setUint32(0, index);
    if (kind === "stream") {
      pass(atNs, "first", 0, udp(5004, 5004, text, isV6 || random.chance(0.9)), identify());
      atNs += random.between(20_000, 500_000);
      continue;
    }
    const question = kind === "echo" ? (isV6 ? icmpv6 : icmp)(isV6 ? 128 : 8, 0, index, text) : udp(40_000, 53, text);
    const answer = kind === "echo" ? (isV6 ? icmpv6 : icmp)(isV6 ? 129 : 0, 0, index, text) : udp(53, 40_000, text);
    const id = identify();
    pass(atNs, "first", 0, question, id);
    const isAsked = kind === "question" && random.chance(0.2);
    const laterNs = random.between(3e6, 400e6);
    if (isAsked) pass(atNs + laterNs, "again", 0, question, identification === "repeat" ? id : identify());
    pass(atNs + (isAsked ? laterNs : 0) + random.between(200_000, 20e6), "first", 1, answer, identify());
    atNs += (isAsked ? laterNs : 0) + random.between(500_000, 30e6);
  }
  return packets;
}
