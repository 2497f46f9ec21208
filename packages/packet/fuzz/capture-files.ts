import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { openCapturePipe } from "../src/index.ts";

const SAMPLES = join(import.meta.dirname, "../../../samples");
const SEED_BYTES = 6000;

/** Input: a capture file. */
export const target = {
  name: "capture-files",
  *seeds(): Iterable<Uint8Array> {
    for (const file of readdirSync(SAMPLES).filter((name) => /\.pcap(ng)?(\.gz)?$/.test(name))) {
      const bytes = readFileSync(join(SAMPLES, file));
      yield (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).subarray(0, SEED_BYTES);
    }
  },
  tokens: ["a1b2c3d4", "d4c3b2a1", "4d3cb2a1", "0a0d0d0a", "1a2b3c4d", "4d3c2b1a", "06000000", "01000000", "1f8b"].map(
    (hex) => Buffer.from(hex, "hex"),
  ),
  async run(input: Uint8Array): Promise<void> {
    const reader = await openCapturePipe(Readable.from([input])).catch((error) => {
      if (error.code === undefined) throw error;
      return null;
    });
    if (reader === null) return;
    do {
      while (reader.next()) {
        const { bytes, offset, capturedBytes, nanos } = reader;
        if (capturedBytes < 0 || offset + capturedBytes > bytes.length) throw new Error("a frame beyond its buffer");
        if (nanos < 0 || nanos > 999_999_999) throw new Error(`${nanos} nanoseconds`);
      }
    } while (await reader.fill());
    await reader.close();
  },
  mostSteps: (bytes: number): number => 20_000 + 60 * bytes,
};
