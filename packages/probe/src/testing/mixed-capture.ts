import { addressBytes, ethernetIp, icmpv6, ipv4, ipv6, PcapWriter, TCP_ACK, tcp, udp } from "@trafmon/packet";

const v4 = Array.from({ length: 50 }, (_, index) => addressBytes(`10.0.0.${index}`));
const v6 = Array.from({ length: 50 }, (_, index) => addressBytes(`2001:db8::${index}`));
const payload = Uint8Array.from({ length: 1000 }, (_, index) => index * 7);

/** Writes a capture of TCP, UDP and ICMPv6 packets of all sizes, ten minutes long, the same one every time. */
export function writeMixedCapture(path: string, packets: number): void {
  const writer = new PcapWriter(path);
  for (let packet = 0; packet < packets; packet++) {
    const addresses = packet % 5 === 0 ? v6 : v4;
    const source = addresses[packet % 47]!;
    const destination = addresses[(packet * 3) % 50]!;
    const body = payload.subarray(0, (packet * 7919) % 1000);
    const ports = { sourcePort: 1024 + (packet % 60_000), destinationPort: 443 };
    let carried = tcp({ ...ports, sequence: packet * 1000, flags: TCP_ACK, payload: body });
    if (packet % 3 === 0) carried = udp(ports.sourcePort, 53, body);
    if (packet % 20 === 0) carried = icmpv6(128, 0, packet, body);
    const bytes = packet % 5 === 0 ? ipv6(source, destination, carried) : ipv4(source, destination, carried);
    const ms = Math.floor((packet * 600_000) / packets);
    writer.write(1_767_571_200 + Math.floor(ms / 1000), (ms % 1000) * 1_000_000, ethernetIp(bytes));
  }
  writer.close();
}
