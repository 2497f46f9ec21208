import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CaptureFault } from "../read/capture-fault.ts";
import { openCapture } from "../read/open-capture.ts";

/** A frame as a test looks at it. */
export interface ReadFrame {
  readonly seconds: number;
  readonly nanos: number;
  readonly isBadTime: boolean;
  readonly linkType: number;
  readonly interfaceNumber: number;
  readonly wireBytes: number;
  readonly bytes: Uint8Array;
}

export interface ReadResult {
  readonly frames: ReadFrame[];
  readonly fault: CaptureFault | null;
  readonly faultOffset: number;
}

/** Reads a capture file to its end. */
export async function readAll(path: string): Promise<ReadResult> {
  const reader = await openCapture(path);
  const frames: ReadFrame[] = [];
  do {
    while (reader.next()) {
      frames.push({
        seconds: reader.time.seconds,
        nanos: reader.time.nanos,
        isBadTime: reader.time.isBad,
        linkType: reader.linkType,
        interfaceNumber: reader.interfaceNumber,
        wireBytes: reader.wireBytes,
        bytes: reader.bytes.slice(reader.offset, reader.offset + reader.capturedBytes),
      });
    }
  } while (await reader.fill());
  await reader.close();
  return { frames, fault: reader.fault, faultOffset: reader.faultOffset };
}

/** Calls with the path of a new temporary file that is gone afterwards. */
export async function withFile<T>(content: Uint8Array | null, use: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "trafmon-packet-"));
  try {
    const path = join(folder, "capture");
    if (content !== null) writeFileSync(path, content);
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Reads capture bytes as a file of theirs would be read. */
export function readBytes(content: Uint8Array): Promise<ReadResult> {
  return withFile(content, readAll);
}
