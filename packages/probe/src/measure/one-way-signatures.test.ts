import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  addressBytes,
  CAPTURED_PAYLOAD,
  ethernetIp,
  FLAG_DUPLICATE,
  FLAGS,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  PcapWriter,
  TCP_ACK,
  tcp,
  udp,
  vlanTag,
} from "@trafmon/packet";
import type { OneWaySettings, SignatureField } from "@trafmon/settings";
import { expect, test } from "vitest";
import { Analysis } from "../analysis/analysis.ts";
import { FileCapture } from "../capture/file-capture.ts";
import { InlineFeed } from "../capture/inline-feed.ts";
import { analysisSettings, flowClass } from "../testing/analysis-settings.ts";
import { KeptObservations } from "../testing/kept-observations.ts";
import { withFolder } from "../testing/temporary-folder.ts";
import { payloadWishes } from "./catalogue.ts";

const ALL_FIELDS: readonly SignatureField[] = [
  "version",
  "protocol",
  "addresses",
  "identification",
  "ports",
  "icmp",
  "sequence",
  "acknowledgement",
  "flags",
  "payload",
];
const oneWay: OneWaySettings = {
  intervalS: 60,
  timeoutMs: 3000,
  silentLimitMs: 600_000,
  details: "none",
  verdicts: "together",
  fields: ALL_FIELDS,
  payloadBytes: 64,
  hops: [
    { probe: "south", interface: null },
    { probe: "north", interface: "eth0" },
    { probe: "north", interface: "eth1" },
  ],
  routes: [{ hops: [1, 2, 3] }],
};

/** What a probe called north says of the packets of capture files, by interface. */
async function watch(files: readonly string[], changes: Partial<OneWaySettings> = {}): Promise<KeptObservations> {
  const classes = [flowClass({ name: "way", measure: { oneWay: { ...oneWay, ...changes } } })];
  const settings = analysisSettings(classes);
  const kept = new KeptObservations();
  const analysis = new Analysis(settings, { sink: kept, serviceOf: () => null });
  const sources = files.map((path, interfaceNumber) => ({ path, interfaceNumber }));
  const feed = new InlineFeed(new FileCapture(sources), {
    probe: "north",
    interfaces: settings.interfaces.map(({ name }) => name),
    classes,
    payload: classes.map(({ measure }) => payloadWishes(measure)),
    followsTcp: false,
    copies: null,
    statisticsIntervalS: 60,
  });
  await feed.run((words, from, until) => analysis.consume(words, from, until));
  analysis.finish();
  return kept;
}

async function sightingsOf(frames: readonly Uint8Array[], changes: Partial<OneWaySettings> = {}) {
  return withFolder(async (folder) => {
    const path = join(folder, "frames.pcap");
    const writer = new PcapWriter(path);
    frames.forEach((frame, index) => {
      writer.write(1_700_000_000, index, frame);
    });
    writer.close();
    return (await watch([path], changes)).of("owsig");
  });
}

async function signaturesOf(frames: readonly Uint8Array[], changes: Partial<OneWaySettings> = {}) {
  return (await sightingsOf(frames, changes)).map(({ signature }) => signature);
}

const md5 = (...parts: readonly (Uint8Array | readonly number[])[]) =>
  createHash("md5")
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest("hex")
    .slice(0, 16);
const v4 = [addressBytes("192.0.2.1"), addressBytes("198.51.100.7")] as const;
const v6 = [addressBytes("2001:db8::1"), addressBytes("2001:db8:1::2")] as const;
const body = Uint8Array.from({ length: 100 }, (_, index) => index + 1);
const segment = tcp({
  sourcePort: 0x1234,
  destinationPort: 80,
  sequence: 0x01020304,
  acknowledgement: 0x05060708,
  flags: TCP_ACK,
  payload: body,
});

test("the message is the fields of the recipe, in its order, as the packet has them", async () => {
  const datagram = ipv4(...v4, udp(0x1234, 53, body), { identification: 0xabcd });
  const gre = ipv4(
    ...v4,
    { protocol: 47, bytes: body, checksumAt: null, withPseudoHeader: false },
    { identification: 1 },
  );
  const packets = [
    datagram,
    ipv6(...v6, udp(0x1234, 53, body.subarray(0, 10))),
    ipv4(...v4, segment, { identification: 0xabcd }),
    ipv6(...v6, segment),
    ipv4(...v4, icmp(8, 0, 0x00070001, body), { identification: 3 }),
    ipv6(...v6, icmpv6(128, 0, 0x00070001, body)),
    gre,
    ipv4(...v4, segment, { identification: 0xabcd, moreFragments: true }),
  ];
  const tcpFields = [...segment.bytes.subarray(0, 12), 0, TCP_ACK];
  expect(await signaturesOf(packets.map((packet) => ethernetIp(packet)))).toEqual([
    md5([4, 17], datagram.subarray(12, 20), [0xab, 0xcd, 0x12, 0x34, 0, 53], body.subarray(0, 64)),
    md5([6, 17], ...v6, [0x12, 0x34, 0, 53], body.subarray(0, 10)),
    md5([4, 6], ...v4, [0xab, 0xcd], tcpFields),
    md5([6, 6], ...v6, tcpFields),
    md5([4, 1], ...v4, [0, 3], [8, 0, 0, 7, 0, 1], body.subarray(0, 64)),
    md5([6, 58], ...v6, [128, 0, 0, 7, 0, 1], body.subarray(0, 64)),
    md5([4, 47], ...v4, [0, 1], body.subarray(0, 64)),
    md5([4, 6], ...v4, [0xab, 0xcd], tcpFields),
  ]);
});

test("a later fragment has its own signature, whether the first one came before it or not", async () => {
  const later = ethernetIp(ipv4(...v4, udp(1, 2, body), { identification: 7, fragmentOffset: 1480 }));
  const other = ethernetIp(ipv4(...v4, udp(1, 2, body), { identification: 7, fragmentOffset: 2960 }));
  const first = ethernetIp(ipv4(...v4, udp(0x1234, 53, body), { identification: 7, moreFragments: true }));
  const own = md5([4, 17], ...v4, [0, 7], [1480 >> 8, 1480 & 255]);
  const inOrder = await signaturesOf([first, later, other]);
  expect(inOrder[1]).toBe(own);
  expect(inOrder[2]).toBe(md5([4, 17], ...v4, [0, 7], [2960 >> 8, 2960 & 255]));
  expect([...(await signaturesOf([later, first, other]))].sort()).toEqual([...inOrder].sort());
  const v6Later = ipv6(...v6, udp(1, 2, body), { extensions: [[44, Uint8Array.of(0, 0x05, 0xc8, 9, 8, 7, 6)]] });
  expect(await signaturesOf([ethernetIp(v6Later)])).toEqual([md5([6, 17], ...v6, [9, 8, 7, 6], [0x05, 0xc8])]);
});

test("what routers and switches change does not change it", async () => {
  const packet = (ttl: number, tos: number) => ipv4(...v4, segment, { identification: 9, ttl, tos });
  const signatures = await signaturesOf([
    ethernetIp(packet(64, 0)),
    ethernetIp(packet(61, 0xb8), [vlanTag(42)]),
    ethernetIp(ipv4(...v4, segment, { identification: 9 }), [vlanTag(1), vlanTag(2)]),
  ]);
  expect(new Set(signatures).size).toBe(1);
});

test("a class may leave fields out, and say how much payload counts", async () => {
  const translated = [
    ethernetIp(ipv4(...v4, udp(1000, 53, body), { identification: 9 })),
    ethernetIp(ipv4(v4[1], v4[0], udp(2000, 53, body), { identification: 9 })),
  ];
  const fields: readonly SignatureField[] = ["protocol", "identification", "payload"];
  expect(await signaturesOf(translated, { fields, payloadBytes: 3 })).toEqual([
    md5([17, 0, 9, 1, 2, 3]),
    md5([17, 0, 9, 1, 2, 3]),
  ]);
});

test("hops are told with what is seen at them, each by probe and interface", async () => {
  await withFolder(async (folder) => {
    const paths = ["a.pcap", "b.pcap"].map((name) => join(folder, name));
    const packet = ethernetIp(ipv4(...v4, segment, { identification: 9 }));
    for (const path of paths) {
      const writer = new PcapWriter(path);
      writer.write(1_700_000_000, 7000, packet);
      writer.close();
    }
    const kept = await watch(paths);
    expect(kept.of("owhop")).toEqual([
      { class: "way", hop: 2, probe_name: "north", interface: "eth0" },
      { class: "way", hop: 3, probe_name: "north", interface: "eth1" },
    ]);
    const signature = md5([4, 6], ...v4, [0, 9], [...segment.bytes.subarray(0, 12), 0, TCP_ACK]);
    const seen = { class: "way", signature, seen_s: 1_700_000_000, seen_nanos: 7000, bytes: 140 };
    expect(kept.of("owsig")).toEqual([
      { ...seen, hop: 2 },
      { ...seen, hop: 3 },
    ]);
  });
});

const SAMPLES = join(import.meta.dirname, "../../../../samples");

const KEY_FIELDS = [
  ...["ip.proto", "ip.src", "ip.dst", "ip.id", "ip.frag_offset", "ipv6.nxt", "ipv6.src", "ipv6.dst"],
  ...["tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.flags", "udp.srcport", "udp.dstport"],
  ...["icmp.type", "icmp.ident", "icmp.seq", "icmp.checksum", "icmpv6.type", "icmpv6.checksum"],
];

/** What tshark makes of every IP packet of a capture: a text that is equal for one packet at two taps. */
function tsharkKeys(path: string): string[] {
  const options = ["-n", "-T", "fields", "-E", "occurrence=f", "-o", "ip.defragment:FALSE", "-Y", "ip || ipv6"];
  const fields = [...KEY_FIELDS, "udp.payload"].flatMap((name) => ["-e", name]);
  const { stdout } = spawnSync("tshark", ["-r", path, ...options, ...fields], { encoding: "utf8", maxBuffer: 1 << 28 });
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const columns = line.split("\t");
      const payload = columns.pop()!.replaceAll(":", "");
      return [...columns, payload.slice(0, 128)].join(" ");
    });
}

test.skipIf(spawnSync("tshark", ["--version"]).status !== 0).each(["wan-loss", "wan-reorder"])(
  "%s: two taps with a router between give a packet the same signature, and no other packet",
  async (scene) => {
    const paths = ["office", "centre"].map((tap) => join(SAMPLES, `${scene}.${tap}.pcap.gz`));
    const keyOf = new Map<string, string>();
    const signatureOf = new Map<string, string>();
    const taps: string[][] = [];
    for (const path of paths) {
      const keys = tsharkKeys(path);
      const sightings = (await watch([path])).of("owsig");
      expect(sightings.length).toBe(keys.length);
      taps.push(sightings.map(({ signature }) => signature));
      sightings.forEach(({ signature }, index) => {
        const key = keys[index]!;
        expect([signature, keyOf.get(signature) ?? key]).toEqual([signature, key]);
        expect([key, signatureOf.get(key) ?? signature]).toEqual([key, signature]);
        keyOf.set(signature, key);
        signatureOf.set(key, signature);
      });
    }
    const [office, centre] = taps.map((signatures) => new Set(signatures));
    const both = [...office!].filter((signature) => centre!.has(signature)).length;
    // Most packets reach the other tap.
    expect(both).toBeGreaterThan(0.95 * office!.size);
  },
);

test("a copy of an earlier frame is no sighting", async () => {
  const kept = new KeptObservations();
  const classes = [flowClass({ name: "way", measure: { oneWay } })];
  const analysis = new Analysis(analysisSettings(classes), { sink: kept, serviceOf: () => null });
  const { packetRecord } = await import("../testing/packet-record-builder.ts");
  for (const flags of [0, FLAG_DUPLICATE]) {
    const words = packetRecord({ s: 1000, flags });
    expect([words[FLAGS], words[CAPTURED_PAYLOAD]]).toEqual([flags, 0]);
    analysis.consume(words, 0, words.length);
  }
  analysis.finish();
  expect(kept.of("owsig")).toHaveLength(1);
});
