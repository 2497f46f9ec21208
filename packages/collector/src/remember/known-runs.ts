import type { CommittedStream } from "./journal.ts";
import { ProbeStream } from "./probe-stream.ts";

/**
 * Runs of which nothing was heard while the collector ran so long are forgotten. By no clock: one that was two months wrong
 * at a start would have all forgotten at once. A probe that sends an older spool would have its records
 * written twice, where their numbers tell. A run that ended is kept as long: its probe may never have heard that all is
 * safe, and send its last PDUs again whenever it is switched on.
 */
const FORGOTTEN_S = 60 * 86_400;

/** The runs of which something was taken, as they are and as the last commit has them. */
export class KnownRuns {
  readonly #streams = new Map<string, ProbeStream>();
  readonly #committed = new Map<string, CommittedStream>();
  /** By run: the probe that brought it first. */
  readonly #probes = new Map<string, string>();

  restore(streams: readonly CommittedStream[]): void {
    for (const stream of streams) {
      const { probe, run } = stream;
      this.#committed.set(keyOf(probe, run), stream);
      this.#add(ProbeStream.restored(stream));
    }
  }

  /** What is known of a run; begun anew where nothing is. */
  stream(probe: string, run: string): ProbeStream {
    return this.#streams.get(keyOf(probe, run)) ?? this.#add(new ProbeStream(probe, run));
  }

  has(probe: string, run: string): boolean {
    return this.#streams.has(keyOf(probe, run));
  }

  /** Everything of a run up to this sequence has been taken; null: nothing is known of it. */
  throughOf(probe: string, run: string): number | null {
    return this.#streams.get(keyOf(probe, run))?.through ?? null;
  }

  /** Whether a run of this id came from another probe. */
  isOfAnother(probe: string, run: string): boolean {
    return (this.#probes.get(run) ?? probe) !== probe;
  }

  /** The run of a probe of which something was committed last; null: no run is known. */
  lastOf(probe: string): CommittedStream | null {
    let last: CommittedStream | null = null;
    for (const each of this.#committed.values()) {
      if (each.probe === probe && (last === null || isNotEarlier(each, last))) last = each;
    }
    return last;
  }

  /** Those of which no commit knows everything. */
  get changed(): readonly ProbeStream[] {
    return [...this.#streams.values()].filter((stream) => stream.isChanged);
  }

  /** Notes copies that the next line of the journal has. */
  note(copies: readonly CommittedStream[]): void {
    for (const copy of copies) this.#committed.set(keyOf(copy.probe, copy.run), copy);
  }

  /** All, as the journal has them. */
  get committed(): readonly CommittedStream[] {
    return [...this.#committed.values()];
  }

  /**
   * Forgets what is too old, and runs of which nothing ever came. `ranS`: the collector's running time; `isInUse`: somebody
   * holds on to the stream.
   */
  forget(ranS: number, isInUse: (probe: string, run: string) => boolean): void {
    for (const [key, stream] of this.#streams) {
      const { probe, run, isChanged } = stream;
      const committed = this.#committed.get(key);
      if (isChanged || isInUse(probe, run) || (committed !== undefined && !isForgotten(committed, ranS))) continue;
      this.#streams.delete(key);
      this.#committed.delete(key);
      if (this.#probes.get(run) === probe) this.#probes.delete(run);
    }
  }

  #add(stream: ProbeStream): ProbeStream {
    this.#streams.set(keyOf(stream.probe, stream.run), stream);
    if (!this.#probes.has(stream.run)) this.#probes.set(stream.run, stream.probe);
    return stream;
  }
}

const isForgotten = ({ takenRanS = 0 }: CommittedStream, ranS: number) => takenRanS < ranS - FORGOTTEN_S;

/** The clock decides only within a second of running time, and for what a journal of before has. */
function isNotEarlier(one: CommittedStream, other: CommittedStream): boolean {
  const [oneRanS, otherRanS] = [one.takenRanS ?? 0, other.takenRanS ?? 0];
  return oneRanS === otherRanS ? one.takenS >= other.takenS : oneRanS > otherRanS;
}

function keyOf(probe: string, run: string): string {
  return `${run} ${probe}`;
}
