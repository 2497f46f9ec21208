/** Packets in a row that must agree before a leap beyond `maxStepS` is believed, the leaping one included. */
const CONFIRMATIONS = 3;

/** Instants in a row that must lie more than `maxStepS` behind before the clock is held to be wrong. */
const BEHIND = 1000;

/**
 * The time of the traffic: the highest packet timestamp seen. One packet with a timestamp far ahead does not move it;
 * it leaps when the packets that follow confirm the new time. It never goes back by itself; `isWrong` says when it should.
 */
export class SourceClock {
  /** Seconds since the epoch, UTC; -1 before the first packet. */
  s = -1;
  nanos = 0;
  /** Leaps that no further packet confirmed. */
  refusedLeaps = 0;
  /** Times it was set back. */
  setBacks = 0;
  readonly #maxStepS: number;
  /** The last two instants of a leap not believed yet. */
  #beforeLeapS = 0;
  #leapS = 0;
  #confirmations = 0;
  /** Instants in a row that were far behind. */
  #behind = 0;

  constructor(maxStepS: number) {
    this.#maxStepS = maxStepS;
  }

  /**
   * Whether all that came of late was far behind: the machine's clock was set back, or a file goes on with an earlier
   * day. Then `setBack` is due.
   */
  get isWrong(): boolean {
    return this.#behind >= BEHIND;
  }

  /** Begins anew at an earlier instant. Whoever keeps instants of this clock has to forget them. */
  setBack(s: number, nanos: number): void {
    this.s = s;
    this.nanos = nanos;
    this.setBacks++;
    this.#behind = 0;
    this.#confirmations = 0;
  }

  /** Takes a packet's timestamp. `s` unsigned. */
  see(s: number, nanos: number): void {
    if (s < this.s || (s === this.s && nanos <= this.nanos)) {
      this.#notAhead(s);
      if (this.#confirmations > 0) this.#refuse();
      return;
    }
    this.#behind = 0;
    if (s - this.s <= this.#maxStepS || this.s < 0) {
      this.s = s;
      this.nanos = nanos;
      if (this.#confirmations > 0) this.#refuse();
    } else {
      this.#leap(s, nanos);
    }
  }

  /** Takes a time that needs no confirmation: the capture stage's own clock. */
  advance(s: number, nanos: number): void {
    if (s < this.s || (s === this.s && nanos <= this.nanos)) {
      this.#notAhead(s);
      return;
    }
    this.#behind = 0;
    this.s = s;
    this.nanos = nanos;
  }

  #notAhead(s: number): void {
    if (this.s - s > this.#maxStepS) this.#behind++;
    else this.#behind = 0;
  }

  #leap(s: number, nanos: number): void {
    if (this.#confirmations > 0 && s < this.#leapS - this.#maxStepS) this.#refuse();
    this.#confirmations++;
    if (this.#confirmations < CONFIRMATIONS) {
      this.#beforeLeapS = this.#leapS;
      this.#leapS = s;
      return;
    }
    if (s - this.#leapS <= this.#maxStepS) {
      this.s = s;
      this.nanos = nanos;
      this.#confirmations = 0;
      return;
    }
    // Traffic so sparse that every packet is a leap: each is believed when two more have followed.
    this.s = this.#beforeLeapS;
    this.nanos = 0;
    this.#beforeLeapS = this.#leapS;
    this.#leapS = s;
    this.#confirmations = CONFIRMATIONS - 1;
  }

  #refuse(): void {
    this.refusedLeaps++;
    this.#confirmations = 0;
  }
}
