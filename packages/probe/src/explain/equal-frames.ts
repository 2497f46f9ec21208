/** What two equal frames have in common, and when one came. */
export interface FrameFace {
  readonly path: string;
  readonly frame: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly from: "left" | "right";
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledgement: number | null;
  readonly payloadBytes: number;
  readonly isCopy: boolean;
}

/** An earlier frame that a segment equals. */
export interface EqualFrame {
  /** null: not found any more. */
  readonly origin: Pick<FrameFace, "path" | "frame"> | null;
  readonly sinceNs: number;
}

/** Frames of a connection kept to look up; equal frames come within a second, and seldom so many between them. */
const KEPT = 8192;

/** The last frames of a connection, to name the one that another equals. */
export class EqualFrames {
  readonly #faces: FrameFace[] = [];
  /** By place: it equals an earlier frame itself. */
  readonly #repeats: boolean[] = [];
  #turn = 0;

  note(face: FrameFace, isRepeat: boolean): void {
    this.#faces[this.#turn] = face;
    this.#repeats[this.#turn] = isRepeat;
    this.#turn = (this.#turn + 1) % KEPT;
  }

  /**
   * The last frame that this one equals and that is no copy itself: copies are measured from there. `firstNs`: since the
   * first frame that it equals.
   */
  of(face: FrameFace, firstNs: number): EqualFrame {
    const kept = this.#faces.length;
    for (let back = 1; back <= kept; back++) {
      const place = (this.#turn - back + kept) % kept;
      const each = this.#faces[place]!;
      if (each.isCopy || !isEqual(each, face)) continue;
      const sinceNs = nanosApart(each, face);
      if (sinceNs === firstNs || this.#repeats[place]) return { origin: each, sinceNs };
    }
    return { origin: null, sinceNs: firstNs };
  }
}

function nanosApart(earlier: FrameFace, later: FrameFace): number {
  return (later.seconds - earlier.seconds) * 1e9 + (later.nanos - earlier.nanos);
}

function isEqual(a: FrameFace, b: FrameFace): boolean {
  return (
    a.sequence === b.sequence &&
    a.from === b.from &&
    a.acknowledgement === b.acknowledgement &&
    a.payloadBytes === b.payloadBytes &&
    a.flags === b.flags
  );
}
