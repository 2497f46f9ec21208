/** First and last second believed: 1980-01-01 to the end of 2105, UTC. */
export const FIRST_GOOD_S = 315_532_800;
export const LAST_GOOD_S = 4_291_747_199;

const NANOS_PER_S = 1_000_000_000;

/**
 * Instant of a frame, made sound. A sub-second part that is out of range by up to a second, as careless sums and
 * differences leave it, is carried into the seconds. Any other instant out of range, or outside 1980 to 2105, is replaced
 * by the last good one of the source (1980-01-01 while there was none). Either is marked.
 */
export class FrameTime {
  seconds = FIRST_GOOD_S;
  nanos = 0;
  /** Whether the last instant given was out of range. */
  isBad = false;

  /** An instant as it stands in a file: `subSeconds` of which `perSecond` make a second, up to 10^9. */
  set(seconds: number, subSeconds: number, perSecond: number): void {
    const carry = Math.floor(subSeconds / perSecond);
    const s = seconds + carry;
    this.isBad = carry !== 0;
    if (carry < -1 || carry > 1 || !(s >= FIRST_GOOD_S && s <= LAST_GOOD_S)) {
      this.isBad = true;
      return;
    }
    this.seconds = s;
    this.nanos = Math.floor((subSeconds - carry * perSecond) * (NANOS_PER_S / perSecond));
  }

  /** For frames without an instant: the last good one stands in. */
  setUnknown(): void {
    this.isBad = true;
  }
}
