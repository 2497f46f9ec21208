/** Stretches kept of a probe; older ones are forgotten, and what still came of their time would be taken for new. */
const MOST_STRETCHES = 64;
/** A watermark that falls by less goes on in its stretch: a probe that changes its configuration says the time anew. */
const SET_BACK_MS = 5000;
/** A sighting before the known begin moves that by so much at most: one with a wrong instant proves nothing. */
const EARLIER_MS = 10_000;

/** A time over which everything that a probe saw is here. Milliseconds since the epoch, by the probe's clock. */
export interface Stretch {
  /** Number of the stream it came in. */
  readonly stream: number;
  /** Everything seen from then on is here; infinite: not known yet. */
  fromMs: number;
  /** Up to then. */
  untilMs: number;
  /** Nothing follows it. */
  isOver: boolean;
}

/**
 * Of what times a probe's sightings are complete. Where it did not look, or what it saw was lost on the way, the absence
 * of a sighting says nothing.
 */
export class Coverage {
  readonly #timeoutMs: number;
  readonly stretches: Stretch[] = [];
  /** Highest time complete; -infinite: nothing is. */
  latestMs = Number.NEGATIVE_INFINITY;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  static restored(timeoutMs: number, stretches: readonly Stretch[]): Coverage {
    const coverage = new Coverage(timeoutMs);
    for (const stretch of stretches) coverage.#add({ ...stretch });
    return coverage;
  }

  /** Whether more can still come of another time than the latest, so that waiting packets are to be looked at again. */
  get isIrregular(): boolean {
    return this.stretches.length !== 1 || this.stretches[0]!.isOver;
  }

  /**
   * The stream has brought everything until then. `fromMs`: where a new stretch begins, if one does.
   * @returns by how much the probe's clock was set back, 0: it was not
   */
  advance(stream: number, untilMs: number, fromMs: number): number {
    const stretch = this.#open(stream);
    if (stretch === undefined) {
      this.#add({ stream, fromMs, untilMs, isOver: false });
      return 0;
    }
    stretch.fromMs = Math.min(stretch.fromMs, fromMs);
    if (untilMs >= stretch.untilMs) {
      stretch.untilMs = untilMs;
      this.latestMs = Math.max(this.latestMs, untilMs);
      return 0;
    }
    const backMs = stretch.untilMs - untilMs;
    if (backMs < SET_BACK_MS) return 0;
    stretch.isOver = true;
    this.#add({ stream, fromMs: untilMs + SET_BACK_MS, untilMs, isOver: false });
    return backMs;
  }

  /** The stream has a sighting of that instant: where its stretch begins is not known, it begins there. */
  see(stream: number, atMs: number): void {
    const stretch = this.#open(stream);
    if (stretch === undefined) this.#add({ stream, fromMs: atMs, untilMs: Number.NEGATIVE_INFINITY, isOver: false });
    else if (
      stretch.fromMs > atMs &&
      (stretch.fromMs === Number.POSITIVE_INFINITY || stretch.fromMs - atMs < EARLIER_MS)
    )
      stretch.fromMs = atMs;
  }

  /** The stream's stretch goes no further: it is over, or something of it was lost. */
  end(stream: number): void {
    const stretch = this.#open(stream);
    if (stretch !== undefined) stretch.isOver = true;
  }

  /** Whether everything is here that the probe may have seen of a packet first seen then, or nothing more can come. */
  isComplete(atMs: number): boolean {
    // The newest is asked about nearly always.
    for (let index = this.stretches.length - 1; index >= 0; index--) {
      const { fromMs, untilMs, isOver } = this.stretches[index]!;
      if (fromMs > atMs + this.#timeoutMs) continue;
      if (untilMs > atMs + this.#timeoutMs || (isOver && atMs <= untilMs + this.#timeoutMs)) return true;
    }
    return false;
  }

  /** Nothing first seen after this is complete. */
  get completeUntilMs(): number {
    let untilMs = this.latestMs - this.#timeoutMs;
    for (const stretch of this.stretches) {
      if (stretch.isOver) untilMs = Math.max(untilMs, stretch.untilMs + this.#timeoutMs);
    }
    return untilMs;
  }

  /** Whether the probe looked all the time in which it could have seen such a packet. */
  covers(atMs: number): boolean {
    return this.stretches.some(({ fromMs, untilMs }) => fromMs <= atMs && untilMs > atMs + this.#timeoutMs);
  }

  #open(stream: number): Stretch | undefined {
    // The newest are last, and nearly always it is that one.
    return this.stretches.findLast((each) => each.stream === stream && !each.isOver);
  }

  #add(stretch: Stretch): void {
    this.stretches.push(stretch);
    if (this.stretches.length > MOST_STRETCHES) this.stretches.shift();
    this.latestMs = Math.max(this.latestMs, stretch.untilMs);
  }
}
