import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FLAG_PORTS, FLAGS, IP_BYTES, PAYLOAD, PAYLOAD_BYTES, PORTS, PROTOCOL_TOS_TTL } from "../packet-record.ts";
import { openCapture } from "../read/open-capture.ts";
import { type FrameSample, frameSamples } from "../testing/frame-samples.ts";
import { hasTshark, type SharkFrame, tsharkFrames } from "../testing/tshark.ts";
import { PcapWriter } from "../write/pcap-writer.ts";
import { Dissector } from "./dissector.ts";
import { IP_PACKET } from "./verdict.ts";

/** What we and tshark must agree on. */
type View = Pick<SharkFrame, "ipBytes" | "ports" | "tcpBytes">;

async function ourFrames(path: string): Promise<View[]> {
  const reader = await openCapture(path);
  const dissector = new Dissector();
  const out = new Int32Array(PAYLOAD);
  const views: View[] = [];
  do {
    while (reader.next()) {
      const { bytes, offset, capturedBytes, wireBytes, linkType } = reader;
      const verdict = dissector.dissect(bytes, offset, capturedBytes, wireBytes, linkType, out, 0);
      views.push(verdict === IP_PACKET ? viewOf(out) : { ipBytes: null, ports: "", tcpBytes: "" });
    }
  } while (await reader.fill());
  await reader.close();
  return views;
}

function viewOf(out: Int32Array): View {
  const flags = out[FLAGS]!;
  const ports = out[PORTS]!;
  const isTcp = (out[PROTOCOL_TOS_TTL]! & 0xff) === 6;
  return {
    ipBytes: out[IP_BYTES]! >>> 0,
    ports: (flags & FLAG_PORTS) !== 0 ? `${ports >>> 16}:${ports & 0xffff}` : "",
    tcpBytes: isTcp && (flags & FLAG_PORTS) !== 0 ? String(out[PAYLOAD_BYTES]) : "",
  };
}

/** What differs, one line each. */
async function differences(path: string, nameOf: (index: number) => string): Promise<string[]> {
  const shark = tsharkFrames(path);
  const ours = await ourFrames(path);
  const lines: string[] = [];
  if (shark.length !== ours.length) lines.push(`${ours.length} frames, tshark has ${shark.length}`);
  shark.forEach((theirs, index) => {
    const mine = ours[index];
    if (mine === undefined || agree(mine, theirs)) return;
    const { layers, ...view } = theirs;
    lines.push(`${nameOf(index)}: ${JSON.stringify(mine)} but tshark ${JSON.stringify(view)} ${layers}`);
  });
  return lines;
}

function agree(mine: View, theirs: SharkFrame): boolean {
  // tshark gives no addresses when the options of the IPv4 header are cut. They are there, so we count the packet.
  if (mine.ipBytes !== null && mine.ipBytes === theirs.cutIpBytes) return true;
  // A fault of a header that an ICMP error quotes looks like one of the outer header.
  if (/:icmp(v6)?:ip/.test(theirs.layers) && theirs.ipBytes === null) return mine.ipBytes === theirs.statedIpBytes;
  if (mine.ipBytes !== theirs.ipBytes) return false;
  // Behind an IPv4 authentication header we do not look; behind a bad option of an IPv6 extension header it does not.
  if (theirs.ipBytes === null || /(^|:)ip:ah|ipv6\.(hopopts|dstopts)$/.test(theirs.layers)) return true;
  if (mine.ports !== theirs.ports) return false;
  // tshark computes no payload for first fragments, nor where the header was cut before its length.
  return mine.tcpBytes === theirs.tcpBytes || theirs.tcpBytes === "";
}

describe.skipIf(!hasTshark())("tshark counts the same packets, bytes, ports and payload", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "trafmon-agreement-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const samples = frameSamples();
  const linkTypes = [...new Set(samples.map(({ linkType }) => linkType))];

  function write(frames: readonly FrameSample[], linkType: number): string {
    const path = join(folder, `${linkType}.pcap`);
    const writer = new PcapWriter(path, { linkType });
    for (const { frame, wireBytes } of frames) {
      writer.write(1_700_000_000, 0, frame, frame.length, wireBytes ?? frame.length);
    }
    writer.close();
    return path;
  }

  test.each(linkTypes)("on link type %i, for every sample whole", async (linkType) => {
    const frames = samples.filter((sample) => sample.linkType === linkType);
    expect(await differences(write(frames, linkType), (index) => frames[index]!.name)).toEqual([]);
    // The samples are good ones: had neither side found an IP header, they would agree as well.
    const found = (await ourFrames(join(folder, `${linkType}.pcap`))).filter(({ ipBytes }) => ipBytes !== null);
    expect(found.length).toBe(frames.length);
  });

  test.each(linkTypes)(
    "on link type %i, for samples cut short, on the wire and by the snap length",
    async (linkType) => {
      const frames = samples
        .filter((sample) => sample.linkType === linkType)
        .flatMap(({ name, frame }) =>
          Array.from({ length: Math.min(frame.length, 100) }, (_, length) => [
            { name: `${name} short at ${length}`, linkType, frame: frame.subarray(0, length) },
            { name: `${name} cut at ${length}`, linkType, frame: frame.subarray(0, length), wireBytes: frame.length },
          ]).flat(),
        )
        .filter(({ frame }) => frame.length > 0);
      expect(await differences(write(frames, linkType), (index) => frames[index]!.name)).toEqual([]);
    },
  );

  test.each(linkTypes)("on link type %i, for samples with bytes changed", async (linkType) => {
    // A fixed sequence: a new tshark that disagrees shows up as the same failure everywhere.
    let state = 20_261_121;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 4_294_967_296) * below);
    };
    const frames = samples
      .filter((sample) => sample.linkType === linkType)
      // tshark knows pseudowires by the vendors of the addresses, which a change can make or unmake.
      .filter(({ name }) => !name.includes("pseudowire"))
      .flatMap((sample) =>
        Array.from({ length: linkType === 1 ? 60 : 100 }, (_, round) => {
          const frame = Uint8Array.from(sample.frame);
          for (let change = 0; change <= random(3); change++) {
            frame[random(Math.min(frame.length, 90))] = random(2) === 0 ? random(256) : [0, 1, 4, 8, 255][random(5)]!;
          }
          return { ...sample, name: `${sample.name} #${round} ${Buffer.from(frame).toString("hex")}`, frame };
        }),
      );
    expect(await differences(write(frames, linkType), (index) => frames[index]!.name)).toEqual([]);
  });

  const shared = fileURLToPath(new URL("../../../../../shared/data/pcaps", import.meta.url));
  const captures = existsSync(shared) ? readdirSync(shared).filter((name) => /cap(ng)?$/.test(name)) : [];
  test.skipIf(captures.length === 0)("on captures of the real world", async () => {
    for (const name of captures) {
      const lines = await differences(join(shared, name), (index) => `${name} frame ${index + 1}`);
      expect(lines).toEqual([]);
    }
  });
});
