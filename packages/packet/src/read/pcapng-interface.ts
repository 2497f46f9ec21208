import type { FrameTime } from "./frame-time.ts";

const OPTION_TIME_RESOLUTION = 9;
const OPTION_TIME_OFFSET = 14;

/** Above this, the remainders of the long division below would not be whole numbers any more. */
const LARGEST_DIVISOR = 2 ** 37;

/** An interface as a pcapng section describes it (Interface Description Block). */
export class PcapngInterface {
  readonly linkType: number;
  /** 0: no limit. */
  readonly snapBytes: number;
  /** Units of its timestamps in a second: a power of 10 or of 2. */
  readonly #perSecond: bigint;
  /** The same, when it is small enough for numbers; else 0. */
  readonly #divisor: number;
  readonly #nanosPerUnit: number;
  /** Added to every timestamp. */
  readonly #offsetS: number;

  /** Reads the body of the block: link type (2), reserved (2), snap length (4), options; [at, end) of `view`. */
  constructor(view: DataView, at: number, end: number, littleEndian: boolean) {
    this.linkType = view.getUint16(at, littleEndian);
    this.snapBytes = view.getUint32(at + 4, littleEndian);
    let perSecond = 1_000_000n;
    let offsetS = 0;
    let option = at + 8;
    while (option + 4 <= end) {
      const code = view.getUint16(option, littleEndian);
      const length = view.getUint16(option + 2, littleEndian);
      const value = option + 4;
      if (code === 0 || value + length > end) break;
      if (code === OPTION_TIME_RESOLUTION && length === 1) perSecond = resolution(view.getUint8(value));
      if (code === OPTION_TIME_OFFSET && length === 8) offsetS = Number(view.getBigInt64(value, littleEndian));
      option = value + ((length + 3) & ~3);
    }
    this.#perSecond = perSecond;
    this.#divisor = perSecond <= LARGEST_DIVISOR ? Number(perSecond) : 0;
    this.#nanosPerUnit = 1_000_000_000 / Number(perSecond);
    this.#offsetS = offsetS;
  }

  /** Sets `time` from the two halves of a timestamp: units since the epoch, 64 bits. */
  setTime(time: FrameTime, high: number, low: number): void {
    const divisor = this.#divisor;
    if (divisor === 0) {
      const units = (BigInt(high) << 32n) | BigInt(low);
      const nanos = ((units % this.#perSecond) * 1_000_000_000n) / this.#perSecond;
      time.set(Number(units / this.#perSecond) + this.#offsetS, Number(nanos), 1_000_000_000);
      return;
    }
    // Long division in digits of 32, 16 and 16 bits: every product stays below 2^53.
    const top = Math.floor(high / divisor);
    let rest = (high - top * divisor) * 65536 + (low >>> 16);
    const middle = Math.floor(rest / divisor);
    rest = (rest - middle * divisor) * 65536 + (low & 0xffff);
    const bottom = Math.floor(rest / divisor);
    rest -= bottom * divisor;
    const seconds = top * 4294967296 + middle * 65536 + bottom + this.#offsetS;
    time.set(seconds, Math.floor(rest * this.#nanosPerUnit), 1_000_000_000);
  }
}

/** Option if_tsresol: an exponent of 10, or of 2 when the highest bit is set. */
function resolution(value: number): bigint {
  const exponent = BigInt(value & 0x7f);
  return (value & 0x80) !== 0 ? 2n ** exponent : 10n ** exponent;
}
