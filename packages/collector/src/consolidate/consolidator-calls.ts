import type { OneWaySettings } from "@trafmon/settings";
import type { Consolidator, StreamMark, StreamSource } from "./consolidator.ts";
import { restoreSnapshot } from "./consolidator-snapshot.ts";

/** What a consolidator was told, as bytes that can be told again. The numbers stand in files: none is used anew. */
export const CALL = {
  snapshot: 1,
  begin: 2,
  configure: 3,
  sightings: 4,
  mark: 5,
  gap: 6,
  end: 7,
  pass: 8,
  tellAll: 9,
  bound: 10,
} as const;

const MARK_BYTES = 20;

/** Stream, seconds, nanoseconds (4 bytes each, little-endian), configuration hash (8). */
export function markBytes({ stream, configurationHash, s, nanos }: StreamMark): Buffer {
  const bytes = Buffer.alloc(MARK_BYTES);
  bytes.writeUInt32LE(stream, 0);
  bytes.writeUInt32LE(s, 4);
  bytes.writeUInt32LE(nanos, 8);
  bytes.write(configurationHash, 12, "hex");
  return bytes;
}

/** A number below 2^32. */
export function numberBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value, 0);
  return bytes;
}

export function configureBytes(hash: string, classes: ReadonlyMap<string, OneWaySettings>): Buffer {
  return Buffer.from(JSON.stringify([hash, [...classes]]));
}

export function beginBytes({ probe, run, isWhole, marginMs }: Omit<StreamSource, "markMs" | "markHash">): Buffer {
  return Buffer.from(JSON.stringify({ probe, run, isWhole, marginMs }));
}

/** Tells it again. */
export function repeatCall(consolidator: Consolidator, call: number, bytes: Buffer): void {
  switch (call) {
    case CALL.snapshot:
      return restoreSnapshot(consolidator, bytes);
    case CALL.begin:
      return void consolidator.begin(JSON.parse(bytes.toString()));
    case CALL.configure: {
      const [hash, classes] = JSON.parse(bytes.toString());
      return consolidator.configure(hash, new Map(classes));
    }
    case CALL.sightings:
      return consolidator.takeSightings(markOf(bytes), bytes.subarray(MARK_BYTES + 4), bytes.readUInt32LE(MARK_BYTES));
    case CALL.mark:
      return consolidator.takeMark(markOf(bytes));
    case CALL.gap:
      return consolidator.takeGap(bytes.readUInt32LE(0));
    case CALL.end:
      return consolidator.takeEnd(bytes.readUInt32LE(0));
    case CALL.pass:
      return consolidator.pass(bytes.readUInt32LE(0));
    case CALL.tellAll:
      return consolidator.tellAll();
    case CALL.bound:
      return consolidator.bound(bytes.readUInt32LE(0));
  }
}

function markOf(bytes: Buffer): StreamMark {
  const configurationHash = bytes.toString("hex", 12, MARK_BYTES);
  return { stream: bytes.readUInt32LE(0), s: bytes.readUInt32LE(4), nanos: bytes.readUInt32LE(8), configurationHash };
}
