import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DESTINATION,
  Dissector,
  FLAG_TRANSPORT,
  FLAGS,
  IP_BYTES,
  IP_PACKET,
  openCapture,
  PAYLOAD,
  PORTS,
  PROTOCOL_TOS_TTL,
  SOURCE,
} from "@trafmon/packet";
import { expect, test } from "vitest";
import { type BenchCapture, writeBenchCapture } from "./bench-capture.ts";

async function withCapture<T>(capture: BenchCapture, use: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "trafmon-trafgen-"));
  try {
    const path = join(folder, "bench.pcap");
    writeBenchCapture(path, capture);
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const digest = (capture: BenchCapture) =>
  withCapture(capture, async (path) => createHash("sha256").update(readFileSync(path)).digest("hex"));

test("the same arguments give the same bytes, another seed others", async () => {
  const capture = { packets: 2000, flows: 100, seed: 1 };
  expect(await digest(capture)).toBe(await digest(capture));
  expect(await digest({ ...capture, seed: 2 })).not.toBe(await digest(capture));
});

test("it holds as many packets and conversations as asked for, of every protocol, in time order", async () => {
  await withCapture({ packets: 30_000, flows: 1000, seed: 1, durationS: 60 }, async (path) => {
    const reader = await openCapture(path);
    const dissector = new Dissector();
    const words = new Int32Array(PAYLOAD);
    const conversations = new Set<string>();
    const byProtocol = new Map<number, number>();
    let packets = 0;
    let bytes = 0;
    let lastS = 0;
    do {
      while (reader.next()) {
        const { offset, capturedBytes, wireBytes, linkType } = reader;
        expect(dissector.dissect(reader.bytes, offset, capturedBytes, wireBytes, linkType, words, 0)).toBe(IP_PACKET);
        expect(words[FLAGS]! & FLAG_TRANSPORT).not.toBe(0);
        const protocol = words[PROTOCOL_TOS_TTL]! & 0xff;
        byProtocol.set(protocol, (byProtocol.get(protocol) ?? 0) + 1);
        conversations.add(conversationOf(words, protocol));
        const s = reader.time.seconds + reader.time.nanos / 1e9;
        expect(s).toBeGreaterThanOrEqual(lastS);
        lastS = s;
        packets++;
        bytes += words[IP_BYTES]!;
      }
    } while (await reader.fill());
    await reader.close();
    expect(packets).toBe(30_000);
    expect(conversations.size).toBe(1000);
    expect([...byProtocol.keys()].sort((a, b) => a - b)).toEqual([1, 6, 17, 58]);
    expect(byProtocol.get(6)! / packets).toBeGreaterThan(0.5);
    expect(bytes / packets).toBeGreaterThan(250);
    expect(bytes / packets).toBeLessThan(600);
    expect(lastS - 1_767_571_200).toBeGreaterThan(59);
    expect(lastS - 1_767_571_200).toBeLessThan(60.01);
  });
});

/** Both ends of a packet, whichever sent it. */
function conversationOf(words: Int32Array, protocol: number): string {
  const hasPorts = protocol === 6 || protocol === 17;
  const source = [...words.subarray(SOURCE, SOURCE + 4), hasPorts ? words[PORTS]! >>> 16 : 0].join(".");
  const destination = [...words.subarray(DESTINATION, DESTINATION + 4), hasPorts ? words[PORTS]! & 0xffff : 0].join(
    ".",
  );
  return `${protocol} ${[source, destination].sort().join(" ")}`;
}
