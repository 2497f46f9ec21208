import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressBytes, ethernet, ethernetIp, icmp, ipv4, ipv6, PcapWriter, tcp, udp, vlanTag } from "@trafmon/packet";
import { afterAll, describe, expect, test } from "vitest";
import { hasTshark, type OracleAnswer, oracleAnswer } from "./oracle-answer.ts";

const [a, b] = [addressBytes("192.0.2.1"), addressBytes("192.0.2.2")];
const [a6, b6] = [addressBytes("2001:db8::1"), addressBytes("2001:db8::2")];
const segment = (bytes: number) => tcp({ sourcePort: 1000, destinationPort: 80, payload: new Uint8Array(bytes) });
const carried = (protocol: number, bytes: Uint8Array) =>
  ({ protocol, bytes, checksumAt: null, withPseudoHeader: false }) as const;
const changed = (bytes: Uint8Array, at: number, value: number) => {
  const copy = Uint8Array.from(bytes);
  copy[at] = value;
  return copy;
};

describe.skipIf(!hasTshark())("the oracle, on frames whose answer is known by their making", () => {
  const folder = mkdtempSync(join(tmpdir(), "tm-oracle-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let written = 0;

  async function ask(frame: Uint8Array, capturedBytes = frame.length): Promise<OracleAnswer> {
    const path = join(folder, `${written++}.pcap`);
    const writer = new PcapWriter(path, { linkType: 1 });
    writer.write(1_700_000_000, 0, frame, capturedBytes, frame.length);
    writer.close();
    return await oracleAnswer(path);
  }

  const way = { source: "192.0.2.1", sourcePort: 1000, destination: "192.0.2.2", destinationPort: 80 };

  test("a segment counts its IP length, not the padding of the frame", async () => {
    const frame = new Uint8Array(100);
    frame.set(ethernetIp(ipv4(a, b, segment(7)), [vlanTag(5)]));
    const answer = await ask(frame);
    expect(answer).toMatchObject({ frames: 1, frameBytes: 100, packets: 1, bytes: 47, nonIp: 0, undecodable: 0 });
    expect(answer.tcp).toEqual([{ ...way, packets: 1, bytes: 47, payloadBytes: 7 }]);
    expect(answer.flows).toEqual([{ ...way, protocol: 6, packets: 1, bytes: 47 }]);
  });

  test("what was cut off counts as well", async () => {
    expect((await ask(ethernetIp(ipv4(a, b, segment(1000))), 54)).tcp).toEqual([
      { ...way, packets: 1, bytes: 1040, payloadBytes: 1000 },
    ]);
  });

  test.each([
    ["6in4", ipv4(a, b, carried(41, ipv6(a6, b6, segment(10)))), 41, 90],
    ["IP in IP", ipv4(a, b, carried(4, ipv4(b, a, segment(10)))), 4, 70],
    ["GRE", ipv4(a, b, carried(47, Buffer.concat([Uint8Array.of(0, 0, 8, 0), ipv4(b, a, segment(10))]))), 47, 74],
    ["an ICMP error", ipv4(a, b, icmp(3, 1, 0, ipv4(b, a, segment(10)))), 1, 78],
    ["6in4 with a fault inside", ipv4(a, b, carried(41, changed(ipv6(a6, b6, segment(10)), 4, 9))), 41, 90],
  ])("%s is one packet of the outer addresses, without ports", async (_name, packet, protocol, bytes) => {
    const answer = await ask(ethernetIp(packet));
    const ends = { source: "192.0.2.1", sourcePort: null, destination: "192.0.2.2", destinationPort: null };
    expect(answer.flows).toEqual([{ ...ends, protocol, packets: 1, bytes }]);
    expect(answer).toMatchObject({ packets: 1, bytes, undecodable: 0, tcp: [] });
  });

  test("the first fragment has ports and what it carries, a later one nothing but its length", async () => {
    const [first, later] = [segment(44), carried(6, new Uint8Array(64))];
    const answer = await ask(ethernetIp(ipv4(a, b, first, { moreFragments: true })));
    expect(answer.tcp).toEqual([{ ...way, packets: 1, bytes: 84, payloadBytes: 44 }]);
    expect(await ask(ethernetIp(ipv4(a, b, later, { fragmentOffset: 64 })))).toMatchObject({ bytes: 84, tcp: [] });
  });

  test("ports are found behind IPv6 extension headers", async () => {
    const hopByHop = [0, Uint8Array.of(0, 1, 4, 0, 0, 0, 0)] as const;
    const { flows } = await ask(ethernetIp(ipv6(a6, b6, udp(53, 5353), { extensions: [hopByHop] })));
    expect(flows).toMatchObject([{ protocol: 17, sourcePort: 53, destinationPort: 5353, packets: 1, bytes: 56 }]);
  });

  test("a length of 0 is the rest of the frame", async () => {
    const packet = changed(changed(ipv4(a, b, segment(300)), 2, 0), 3, 0);
    expect(await ask(ethernetIp(packet))).toMatchObject({ packets: 1, bytes: 340 });
  });

  const packet = ipv4(a, b, segment(10));
  test.each([
    ["ip.bogus_ip_version", ethernetIp(packet), 14, 0x55],
    ["ip.bogus_header_length", ethernetIp(packet), 14, 0x44],
    ["ip.bogus_ip_length", ethernetIp(packet), 16, 0x10],
    ["ipv6.plen_exceeds_framing", ethernetIp(ipv6(a6, b6, segment(10))), 18, 0x10],
    ["ipv6.bogus_ipv6_version", ethernetIp(ipv6(a6, b6, segment(10))), 14, 0x50],
  ])("%s makes a frame undecodable", async (reason, frame, at, value) => {
    const answer = await ask(changed(frame, at, value));
    expect(answer).toMatchObject({ frames: 1, packets: 0, nonIp: 0, undecodable: 1, reasons: { [reason]: 1 } });
  });

  test("so does a header that was cut off, of IP or before it", async () => {
    expect(await ask(ethernetIp(packet), 33)).toMatchObject({ packets: 0, undecodable: 1 });
    expect(await ask(ethernetIp(packet, [vlanTag(1), vlanTag(2)]), 20)).toMatchObject({ packets: 0, undecodable: 1 });
  });

  test("what is no IP is counted apart", async () => {
    expect(await ask(ethernet(0x0806, new Uint8Array(28)))).toMatchObject({ frames: 1, packets: 0, nonIp: 1 });
  });
});
