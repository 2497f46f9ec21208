import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FileCapture } from "../capture/file-capture.ts";
import { InlineFeed } from "../capture/inline-feed.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass } from "../testing/analysis-settings.ts";
import { KeptObservations } from "../testing/kept-observations.ts";
import { Analysis } from "./analysis.ts";

/** Captures of others, not in the repository; without them these tests are skipped. */
const FOLDER = join(import.meta.dirname, "../../../../../shared/data/pcaps");
const captures = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => /\.p?cap(ng)?$/.test(name)) : [];

async function analyse(path: string): Promise<KeptObservations> {
  const kept = new KeptObservations();
  const classes = [flowClass({ measure: ALL_MEASUREMENTS })];
  const settings = analysisSettings(classes);
  const analysis = new Analysis(settings, { sink: kept, serviceOf: () => null });
  const feed = new InlineFeed(new FileCapture([{ path, interfaceNumber: 0 }]), {
    probe: "north",
    interfaces: settings.interfaces.map(({ name }) => name),
    classes,
    payload: [[]],
    followsTcp: false,
    copies: null,
    statisticsIntervalS: 60,
  });
  await feed.run((words, from, until) => analysis.consume(words, from, until));
  analysis.finish();
  return kept;
}

interface Volume {
  packets: number;
  bytes: number;
  payload: number;
}

/** Frames of which tshark itself says that the IP header is wrong: undecodable for us. */
const BOGUS = ["ip.bogus_ip_version", "ip.bogus_header_length", "ip.bogus_ip_length", "ipv6.plen_exceeds_framing"];
const FIELDS = [
  "frame.protocols",
  "ip.src",
  "ip.dst",
  "ipv6.src",
  "ipv6.dst",
  "ip.len",
  "ipv6.plen",
  "tcp.srcport",
  "tcp.dstport",
  "tcp.len",
];
/** Volumes of each TCP tuple and direction, as tshark sees them. */
function tsharkVolumes(path: string): Map<string, Volume> {
  const preferences = ["ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE"];
  const filter = `tcp.srcport && !(${BOGUS.join(" || ")})`;
  // Its exit status is not looked at: it complains about files that are cut short, as we do.
  const { stdout } = spawnSync(
    "tshark",
    [
      ...["-r", path, "-n", "-T", "fields", "-E", "occurrence=f", "-Y", filter],
      ...preferences.flatMap((each) => ["-o", each]),
      ...FIELDS.flatMap((field) => ["-e", field]),
    ],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  const volumes = new Map<string, Volume>();
  for (const line of stdout.split("\n")) {
    const [protocols, v4From, v4To, v6From, v6To, v4Length, v6Length, from, to, payload] = line.split("\t");
    if (!from || !isOutermostTcp(protocols!)) continue;
    const bytes = v4From ? Number(v4Length) : Number(v6Length) + 40;
    const key = `${v4From || v6From} ${from} ${v4To || v6To} ${to}`;
    add(volumes, key, { packets: 1, bytes, payload: Number(payload || 0) });
  }
  return volumes;
}

/** Whether TCP follows the outermost IP header, perhaps after extension headers: no tunnel, no quoted header. */
function isOutermostTcp(protocols: string): boolean {
  const layers = protocols.split(":");
  const outermost = layers.findIndex((layer) => layer === "ip" || layer === "ipv6");
  return layers.slice(outermost + 1).find((layer) => !layer.startsWith("ipv6.")) === "tcp";
}

function add(volumes: Map<string, Volume>, key: string, more: Volume): void {
  const volume = volumes.get(key) ?? { packets: 0, bytes: 0, payload: 0 };
  volumes.set(key, {
    packets: volume.packets + more.packets,
    bytes: volume.bytes + more.bytes,
    payload: volume.payload + more.payload,
  });
}

function ourVolumes(kept: KeptObservations): Map<string, Volume> {
  const volumes = new Map<string, Volume>();
  for (const each of kept.of("tcpcx")) {
    const near = `${addressText(each.fwd_address)} ${each.fwd_port}`;
    const far = `${addressText(each.rev_address)} ${each.rev_port}`;
    if (each.fwd_packets > 0) {
      add(volumes, `${near} ${far}`, {
        packets: each.fwd_packets,
        bytes: each.fwd_bytes,
        payload: each.fwd_payload_bytes,
      });
    }
    if (each.rev_packets > 0) {
      add(volumes, `${far} ${near}`, {
        packets: each.rev_packets,
        bytes: each.rev_bytes,
        payload: each.rev_payload_bytes,
      });
    }
  }
  return volumes;
}

/** As tshark writes addresses: RFC 5952. */
function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, group) =>
    ((bytes[2 * group]! << 8) | bytes[2 * group + 1]!).toString(16),
  );
  const zeros = [...groups.join(":").matchAll(/\b0(?::0)+\b/g)].sort((a, b) => b[0].length - a[0].length)[0];
  if (zeros === undefined) return groups.join(":");
  const text = groups.join(":");
  const before = text.slice(0, zeros.index).replace(/:$/, "");
  const after = text.slice(zeros.index + zeros[0].length).replace(/^:/, "");
  return `${before}::${after}`;
}

describe.skipIf(captures.length === 0)("captures of real traffic", () => {
  test.each(captures)("%s: the connections of each tuple add up to what tshark counts", async (name) => {
    const path = join(FOLDER, name);
    const ours = ourVolumes(await analyse(path));
    expect(Object.fromEntries([...ours].sort())).toEqual(Object.fromEntries([...tsharkVolumes(path)].sort()));
  });

  test.each(captures)("%s: flows, sizes and capture statistics count the same packets", async (name) => {
    const kept = await analyse(join(FOLDER, name));
    const packets = kept.sum("ipct", "fwd_packets") + kept.sum("ipct", "rev_packets");
    const bytes = kept.sum("ipct", "fwd_bytes") + kept.sum("ipct", "rev_bytes");
    expect(packets).toBe(kept.sum("capst", "ip_packets"));
    expect(bytes).toBe(kept.sum("capst", "ip_bytes"));
    expect(kept.sum("ipsz", "fwd_packets") + kept.sum("ipsz", "rev_packets")).toBe(packets);
    expect((await analyse(join(FOLDER, name))).all).toEqual(kept.all);
  });
});
