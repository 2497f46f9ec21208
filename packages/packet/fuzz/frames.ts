import { Dissector, PAYLOAD } from "../src/index.ts";
import { frameSamples } from "../src/testing/frame-samples.ts";

/** Behind the captured bytes lies this much, and what it is must not matter. */
const BEYOND_BYTES = 96;

const dissector = new Dissector();
const words = (hex: readonly string[]) => hex.map((each) => Buffer.from(each, "hex"));

/** Input: link type (2 bytes), bytes on the wire beyond those captured (1 byte), the frame. */
export const target = {
  name: "frames",
  *seeds(): Iterable<Uint8Array> {
    for (const { linkType, frame, wireBytes = frame.length } of frameSamples()) {
      yield Uint8Array.of(linkType >> 8, linkType & 0xff, Math.min(255, wireBytes - frame.length), ...frame);
    }
  },
  // Ethertypes and protocol numbers that lead on to another header.
  tokens: words([
    "8100",
    "88a8",
    "8847",
    "8848",
    "0800",
    "86dd",
    "8864",
    "6558",
    "2c00",
    "0004",
    "29",
    "2f",
    "11",
    "06",
  ]),
  run(input: Uint8Array): void {
    if (input.length < 3) return;
    const frame = input.subarray(3);
    const [one, other] = [0, 0xff].map((beyond) => {
      const bytes = new Uint8Array(4 + frame.length + BEYOND_BYTES).fill(beyond);
      bytes.set(frame, 4);
      const record = new Int32Array(PAYLOAD);
      const linkType = (input[0]! << 8) | input[1]!;
      const verdict = dissector.dissect(bytes, 4, frame.length, frame.length + input[2]!, linkType, record, 0);
      return [verdict, ...record].join();
    });
    if (one !== other) throw new Error("what is made of a frame depends on what lies behind it");
  },
  mostSteps: (bytes: number): number => 4000 + 40 * bytes,
};
