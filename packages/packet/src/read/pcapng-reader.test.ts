import fc from "fast-check";
import { expect, test } from "vitest";
import { LINK_ETHERNET, LINK_SLL } from "../link-type.ts";
import { readBytes } from "../testing/read-all.ts";
import { PcapngBlocks } from "../write/pcapng-blocks.ts";

const frame = Uint8Array.from({ length: 61 }, (_, index) => index);
const RESOLUTION = 9;
const OFFSET = 14;

test.each([false, true])(
  "frames of several interfaces, each with its own clock (big-endian: %s)",
  async (bigEndian) => {
    const offset = new Uint8Array(8);
    new DataView(offset.buffer).setBigInt64(0, -3600n, !bigEndian);
    const file = new PcapngBlocks(bigEndian)
      .interface(LINK_ETHERNET)
      .interface(LINK_SLL, 0, [
        [2, Buffer.from("eth1")],
        [RESOLUTION, Uint8Array.of(9)],
      ])
      .interface(LINK_ETHERNET, 0, [[RESOLUTION, Uint8Array.of(0x80 | 20)]])
      .interface(LINK_ETHERNET, 0, [[OFFSET, offset]])
      .interface(LINK_ETHERNET, 0, [[RESOLUTION, Uint8Array.of(15)]])
      .interface(LINK_ETHERNET, 0, [[RESOLUTION, Uint8Array.of(0)]])
      .enhancedPacket(0, 1_700_000_000_123_456n, frame)
      .enhancedPacket(1, 1_700_000_001_999_999_999n, frame, 1500)
      .enhancedPacket(2, (1_700_000_002n << 20n) | (1n << 19n), frame)
      .packet(3, 1_700_000_003_000_001n, frame)
      .enhancedPacket(4, 1_700_000_004_000_000_001_999n, frame)
      .enhancedPacket(5, 1_700_000_005n, frame)
      .bytes();
    const { frames, fault } = await readBytes(file);
    expect(fault).toBeNull();
    expect(
      frames.map((each) => [each.seconds, each.nanos, each.linkType, each.interfaceNumber, each.wireBytes]),
    ).toEqual([
      [1_700_000_000, 123_456_000, LINK_ETHERNET, 0, 61],
      [1_700_000_001, 999_999_999, LINK_SLL, 1, 1500],
      [1_700_000_002, 500_000_000, LINK_ETHERNET, 2, 61],
      [1_699_996_403, 1_000, LINK_ETHERNET, 3, 61],
      // 10^-15 does not reach so far in 64 bits: the year is 1970 there, and the last good instant stands in.
      [1_699_996_403, 1_000, LINK_ETHERNET, 4, 61],
      [1_700_000_005, 0, LINK_ETHERNET, 5, 61],
    ]);
    expect(frames.every(({ bytes }) => Buffer.compare(bytes, frame) === 0)).toBe(true);
  },
);

test("any instant comes out to the nanosecond, at any resolution", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.bigInt({ min: 315_532_800_000_000_000n, max: 4_291_747_199_999_999_999n }),
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 0, max: 31 }),
      async (nanos, decimal, binary) => {
        const perSecond = [10n ** BigInt(decimal), 2n ** BigInt(binary)] as const;
        const units = perSecond.map((each) => (nanos * each) / 1_000_000_000n);
        const file = new PcapngBlocks()
          .interface(1, 0, [[RESOLUTION, Uint8Array.of(decimal)]])
          .interface(1, 0, [[RESOLUTION, Uint8Array.of(0x80 | binary)]])
          .enhancedPacket(0, units[0]!, frame)
          .enhancedPacket(1, units[1]!, frame)
          .bytes();
        const { frames } = await readBytes(file);
        frames.forEach((each, index) => {
          const expected = (units[index]! * 1_000_000_000n) / perSecond[index]!;
          expect(BigInt(each.seconds) * 1_000_000_000n + BigInt(each.nanos)).toBe(expected);
          expect(each.isBadTime).toBe(false);
        });
      },
    ),
    { numRuns: 60 },
  );
});

test("a new section has its own byte order and interfaces", async () => {
  const { frames, fault } = await readBytes(
    Buffer.concat([
      new PcapngBlocks().interface(LINK_ETHERNET).enhancedPacket(0, 1_700_000_000_000_000n, frame).bytes(),
      new PcapngBlocks(true).interface(LINK_SLL).enhancedPacket(0, 1_700_000_001_000_000n, frame).bytes(),
    ]),
  );
  expect(fault).toBeNull();
  expect(frames.map(({ linkType, interfaceNumber, seconds }) => [linkType, interfaceNumber, seconds])).toEqual([
    [LINK_ETHERNET, 0, 1_700_000_000],
    [LINK_SLL, 1, 1_700_000_001],
  ]);
});

test("a simple packet is cut at the snap length and takes the last instant", async () => {
  const { frames } = await readBytes(
    new PcapngBlocks()
      .interface(LINK_ETHERNET, 40)
      .enhancedPacket(0, 1_700_000_000_000_000n, frame.subarray(0, 40), 61)
      .simplePacket(frame.subarray(0, 40), 61)
      .bytes(),
  );
  expect(frames[1]).toMatchObject({ seconds: 1_700_000_000, isBadTime: true, wireBytes: 61 });
  expect(frames[1]?.bytes).toEqual(frame.subarray(0, 40));
});

test("blocks of other types are skipped, however long", async () => {
  const { frames, fault } = await readBytes(
    new PcapngBlocks()
      .interface(LINK_ETHERNET)
      .block(5, new Uint8Array(24))
      .block(0x0bad, new Uint8Array(5_000_000).fill(6))
      .enhancedPacket(0, 1_700_000_000_000_000n, frame)
      .bytes(),
  );
  expect([frames.length, fault]).toEqual([1, null]);
});

test("a packet of an interface nobody described ends the reading", async () => {
  const { frames, fault } = await readBytes(
    new PcapngBlocks().interface(1).enhancedPacket(0, 0n, frame).enhancedPacket(1, 0n, frame).bytes(),
  );
  expect([frames.length, fault]).toEqual([1, "interface_unknown"]);
});

test("block lengths that cannot be are refused", async () => {
  const file = new PcapngBlocks().interface(1).enhancedPacket(0, 0n, frame).bytes();
  const packet = 28 + 20;
  for (const [at, value, fault] of [
    [packet + 4, 0, "block_length"],
    [packet + 4, 97, "block_length"],
    [packet + 4, 0x7ffffffc, "record_too_long"],
    [packet + 4, 100, "record_cut"],
    [packet + 20, 1000, "block_length"],
    [packet + 20, 0x7fffffff, "record_too_long"],
    [file.length - 4, 92, "block_length"],
  ] as const) {
    const damaged = Buffer.from(file);
    damaged.writeUInt32LE(value, at);
    expect([at, value, (await readBytes(damaged)).fault]).toEqual([at, value, fault]);
  }
});

test("every shorter file gives the frames before the cut", async () => {
  const file = new PcapngBlocks()
    .interface(1)
    .enhancedPacket(0, 1_700_000_000_000_000n, frame)
    .enhancedPacket(0, 1_700_000_001_000_000n, frame)
    .bytes();
  const borders = [28, 48, 48 + 96, file.length];
  for (let length = 4; length <= file.length; length++) {
    const { frames, fault } = await readBytes(file.subarray(0, length));
    expect([length, fault]).toEqual([length, borders.includes(length) ? null : "record_cut"]);
    expect(frames.length).toBe(borders.slice(2).filter((border) => border <= length).length);
  }
});

test("no bytes whatever make it throw or hang", async () => {
  const head = new PcapngBlocks().interface(1).bytes();
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    // Blocks with a plausible frame around any body.
    fc
      .array(
        fc
          .tuple(fc.constantFrom(0x0a0d0d0a, 1, 2, 3, 5, 6, 77), fc.uint8Array({ maxLength: 80 }))
          .map(([type, bytes]) => new PcapngBlocks().block(type, bytes).bytes().subarray(28)),
        { maxLength: 6 },
      )
      .map((blocks) => Buffer.concat(blocks)),
  );
  await fc.assert(
    fc.asyncProperty(body, async (bytes) => {
      const { frames } = await readBytes(Buffer.concat([head, bytes]));
      for (const each of frames) expect(each.bytes.length).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 400 },
  );
});
