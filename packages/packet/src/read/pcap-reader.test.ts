import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LINK_RAW } from "../link-type.ts";
import { readAll, readBytes, withFile } from "../testing/read-all.ts";
import { type PcapOptions, PcapWriter, pcapFileHeader } from "../write/pcap-writer.ts";

interface Frame {
  readonly s: number;
  readonly nanos: number;
  readonly bytes: Uint8Array;
  readonly cut: number;
}

const anyFrame: fc.Arbitrary<Frame> = fc.record({
  s: fc.integer({ min: 315_532_800, max: 4_291_747_199 }),
  nanos: fc.integer({ min: 0, max: 999_999_999 }),
  bytes: fc.uint8Array({ maxLength: 2000 }),
  cut: fc.integer({ min: 0, max: 100 }),
});

function write(path: string, frames: readonly Frame[], options: PcapOptions = {}): void {
  const writer = new PcapWriter(path, options);
  for (const { s, nanos, bytes, cut } of frames) writer.write(s, nanos, bytes, bytes.length, bytes.length + cut);
  writer.close();
}

/** A record with these values in its header, little-endian. */
function record(s: number, sub: number, captured: number, wire: number, bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(16 + bytes.length);
  const view = new DataView(result.buffer);
  [s, sub, captured, wire].forEach((value, index) => {
    view.setUint32(index * 4, value, true);
  });
  result.set(bytes, 16);
  return result;
}

const frame = Uint8Array.from({ length: 60 }, (_, index) => index);

test.each([
  { nanoseconds: false, bigEndian: false },
  { nanoseconds: true, bigEndian: false },
  { nanoseconds: false, bigEndian: true },
  { nanoseconds: true, bigEndian: true },
])("what is written is read back: %o", async (variant) => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyFrame, { maxLength: 20 }), async (frames) => {
      await withFile(null, async (path) => {
        write(path, frames, { ...variant, linkType: LINK_RAW });
        const result = await readAll(path);
        expect(result.fault).toBeNull();
        expect(result.frames).toEqual(
          frames.map(({ s, nanos, bytes, cut }) => ({
            seconds: s,
            nanos: variant.nanoseconds ? nanos : nanos - (nanos % 1000),
            isBadTime: false,
            linkType: LINK_RAW,
            interfaceNumber: 0,
            wireBytes: bytes.length + cut,
            bytes,
          })),
        );
      });
    }),
    { numRuns: 20 },
  );
});

test("records are whole across the chunks of a long file, plain and compressed", async () => {
  await withFile(null, async (path) => {
    const sizes = Array.from({ length: 4000 }, (_, index) => (index * 7919) % 1500);
    const longest = new Uint8Array(262_144).fill(7);
    const frames = [...sizes.map((size) => new Uint8Array(size).fill(size & 0xff)), longest, frame];
    write(
      path,
      frames.map((bytes, index) => ({ s: 1_700_000_000 + index, nanos: 0, bytes, cut: 0 })),
    );
    for (const content of [readFileSync(path), gzipSync(readFileSync(path))]) {
      const read = await readBytes(content);
      expect([read.fault, read.frames.length]).toEqual([null, frames.length]);
      const different = read.frames.findIndex(({ bytes }, index) => Buffer.compare(bytes, frames[index]!) !== 0);
      expect(different).toBe(-1);
    }
  });
});

test("every shorter file gives the frames before the cut and says where it ends", async () => {
  const whole = Buffer.concat([
    pcapFileHeader(),
    record(1_700_000_000, 1, 60, 60, frame),
    record(1_700_000_001, 2, 20, 60, frame.subarray(0, 20)),
  ]);
  for (let length = 0; length < whole.length; length++) {
    const { frames, fault, faultOffset } = await readBytes(whole.subarray(0, length));
    if (length < 24) {
      const expected = length === 0 ? "file_empty" : length < 4 ? "format_unknown" : "header_cut";
      expect([length, fault, frames.length]).toEqual([length, expected, 0]);
    } else {
      const atBorder = length === 24 || length === 100;
      expect([length, fault]).toEqual([length, atBorder ? null : "record_cut"]);
      expect(frames.length).toBe(length < 100 ? 0 : 1);
      if (!atBorder) expect(faultOffset).toBe(length < 100 ? 24 : 100);
    }
  }
});

test("no bytes whatever make it throw or hang", async () => {
  const header = pcapFileHeader();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), fc.boolean(), async (bytes, headed, zipped) => {
      const content = headed ? Buffer.concat([header, bytes]) : bytes;
      const { frames, fault } = await readBytes(zipped ? gzipSync(content) : content);
      const read = frames.reduce((sum, each) => sum + each.bytes.length + 16, 24);
      if (headed && fault === null) expect(read).toBe(content.length);
      if (!headed) expect(frames).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

describe("compressed files that are damaged", () => {
  const content = Buffer.concat([
    pcapFileHeader(),
    ...Array.from({ length: 2000 }, (_, index) =>
      record(
        1_700_000_000 + index,
        index * 17,
        60,
        60,
        Uint8Array.from(frame, (byte) => byte ^ (index * 31)),
      ),
    ),
  ]);
  const zipped = gzipSync(content);

  test("every frame before the cut is read", async () => {
    const { frames, fault } = await readBytes(zipped.subarray(0, zipped.length >> 1));
    expect(fault).toBe("compressed_cut");
    expect(frames.length).toBeGreaterThan(500);
    expect(frames.length).toBeLessThan(2000);
  });

  test("a cut in the last bytes is noticed though all frames are there", async () => {
    const { frames, fault } = await readBytes(zipped.subarray(0, zipped.length - 3));
    expect([frames.length, fault]).toEqual([2000, "compressed_cut"]);
  });

  test("damage is named", async () => {
    const damaged = Buffer.from(zipped);
    damaged.fill(0xff, zipped.length >> 1, (zipped.length >> 1) + 40);
    expect((await readBytes(damaged)).fault).toBe("compressed_damaged");
  });

  test("padding behind the compressed data is left alone, anything else is named", async () => {
    const { frames, fault } = await readBytes(Buffer.concat([zipped, Buffer.alloc(70_000)]));
    expect([frames.length, fault]).toEqual([2000, null]);
    expect((await readBytes(Buffer.concat([zipped, Buffer.from("garbage")]))).fault).toBe("compressed_damaged");
  });

  test("members in sequence are one file", async () => {
    const half = 24 + 76 * 1000;
    const members = Buffer.concat([gzipSync(content.subarray(0, half)), gzipSync(content.subarray(half))]);
    const { frames, fault } = await readBytes(members);
    expect([frames.length, fault]).toEqual([2000, null]);
  });
});

test("a length beyond all measure ends the reading", async () => {
  const { frames, fault, faultOffset } = await readBytes(
    Buffer.concat([pcapFileHeader(), record(1_700_000_000, 0, 60, 60, frame), record(0, 0, 0xfffffff0, 60, frame)]),
  );
  expect([frames.length, fault, faultOffset]).toEqual([1, "record_too_long", 100]);
});

test("a version that nobody wrote is refused, the old ones have their lengths put right", async () => {
  const header = pcapFileHeader();
  const view = new DataView(header.buffer);
  const swapped = record(1_700_000_000, 0, 90, 60, frame);
  const content = () => Buffer.concat([header, swapped]);
  view.setUint16(4, 3, true);
  expect((await readBytes(content())).fault).toBe("version_unknown");
  for (const [major, minor] of [
    [2, 2],
    [2, 3],
    [543, 0],
  ] as const) {
    view.setUint16(4, major, true);
    view.setUint16(6, minor, true);
    const { frames, fault } = await readBytes(content());
    expect([fault, frames[0]?.bytes.length, frames[0]?.wireBytes]).toEqual([null, 60, 90]);
  }
});

test("Kuznetzov's and Ixia's variants are read", async () => {
  const kuznetzov = pcapFileHeader();
  new DataView(kuznetzov.buffer).setUint32(0, 0xa1b2cd34, true);
  const patched = Buffer.concat([record(1_700_000_000, 5, 60, 60, new Uint8Array(8)), frame]);
  const first = await readBytes(Buffer.concat([kuznetzov, patched, patched]));
  expect([first.fault, first.frames.length]).toEqual([null, 2]);
  expect(first.frames[1]?.bytes).toEqual(frame);

  const ixia = Buffer.concat([pcapFileHeader(), new Uint8Array(4)]);
  ixia.writeUInt32LE(0x1c0001ac, 0);
  const second = await readBytes(Buffer.concat([ixia, record(1_700_000_000, 999_999_999, 60, 60, frame)]));
  expect([second.fault, second.frames[0]?.nanos]).toEqual([null, 999_999_999]);
});

test("the bits above the link type are no part of it", async () => {
  const header = pcapFileHeader({ linkType: 0x44000001 });
  const { frames } = await readBytes(Buffer.concat([header, record(1_700_000_000, 0, 60, 60, frame)]));
  expect(frames[0]?.linkType).toBe(1);
});

test("times out of range are made sound and marked", async () => {
  const { frames } = await readBytes(
    Buffer.concat([
      pcapFileHeader(),
      record(0, 7, 60, 60, frame),
      record(1_700_000_000, 999_999, 60, 60, frame),
      record(1_700_000_001, 1_000_001, 60, 60, frame),
      record(1_700_000_005, -1 >>> 0, 60, 60, frame),
      record(1_700_000_009, 0x7fffffff, 60, 60, frame),
      record(4_294_967_295, 0, 60, 60, frame),
      record(1_700_000_010, 0, 60, 60, frame),
    ]),
  );
  expect(frames.map(({ seconds, nanos, isBadTime }) => [seconds, nanos, isBadTime])).toEqual([
    [315_532_800, 0, true],
    [1_700_000_000, 999_999_000, false],
    [1_700_000_002, 1_000, true],
    [1_700_000_004, 999_999_000, true],
    // Nothing sensible to carry: the last good instant, which a carried one is.
    [1_700_000_004, 999_999_000, true],
    [1_700_000_004, 999_999_000, true],
    [1_700_000_010, 0, false],
  ]);
});
