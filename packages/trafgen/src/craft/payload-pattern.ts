const MOST_BYTES = 65_536;

/** Payload that means nothing: byte i is (131 i + i / 8) mod 256. Shape: [65536]. */
export const PATTERN: Uint8Array = Uint8Array.from({ length: MOST_BYTES }, (_, i) => (i * 131 + (i >> 3)) & 0xff);

/** Sums of the 16-bit words before each, so that the checksum of a long payload costs nothing. */
const WORD_SUMS = new Float64Array(MOST_BYTES / 2 + 1);
for (let word = 0; word < MOST_BYTES / 2; word++)
  WORD_SUMS[word + 1] = WORD_SUMS[word]! + PATTERN[2 * word]! * 256 + PATTERN[2 * word + 1]!;

/** Sum of the pattern's 16-bit words in [from, until), as `sumWords` makes it. `from` is even. */
export function patternSum(from: number, until: number): number {
  if (until <= from) return 0;
  const whole = WORD_SUMS[until >> 1]! - WORD_SUMS[from >> 1]!;
  return until % 2 === 0 ? whole : whole + PATTERN[until - 1]! * 256;
}
