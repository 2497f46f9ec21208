import { type DataPdu, specialPdus, WINDOW_PDUS } from "@trafmon/observation";
import { ToldGap } from "./told-gap.ts";

/** Pieces of gap notices that are kept of a sender: more notices that do not overlap it cannot have under way. */
const MAX_GAPS = WINDOW_PDUS;

/** PDUs of one run, in memory, that came before those in front of them; and the gap notices that came. */
export class EarlyPdus {
  readonly #pdus = new Map<number, DataPdu>();
  /** Those of a sender stand for no sequence twice: what it said first counts. */
  #gaps: ToldGap[] = [];
  /** First sequences of the notices as they came, by sender. */
  readonly #begun = new Map<string, Set<number>>();

  /** How many there are. */
  get count(): number {
    return this.#pdus.size + this.#gaps.length;
  }

  /** Whether the PDU is here, or its sender has said as much of all from `next` on, which is what is waited for. */
  has(pdu: DataPdu, sender: string, next: number): boolean {
    if (pdu.type !== specialPdus.gap) return this.#pdus.has(pdu.sequence);
    return this.#unsaid(sender, Math.max(pdu.sequence, next), lastOf(pdu)).length === 0;
  }

  /**
   * Keeps a copy; of a gap notice what its sender has not said yet. False where there is no room for all of that: what is
   * waited for, `next`, is kept in any case.
   */
  keep(pdu: DataPdu, sender: string, next: number): boolean {
    const copy = { ...pdu, body: Buffer.from(pdu.body) };
    if (pdu.type !== specialPdus.gap) {
      this.#pdus.set(pdu.sequence, copy);
      return true;
    }
    const told = new ToldGap(copy, sender);
    const pieces = this.#unsaid(sender, Math.max(told.first, next), told.last);
    const room = MAX_GAPS - this.#gaps.filter((gap) => gap.sender === sender).length;
    const hasRoom = pieces.length <= room;
    for (const [from, to] of pieces) if (hasRoom || from === next) this.#gaps.push(told.narrowed(from, to));
    const begun = this.#begun.get(sender) ?? new Set();
    if (hasRoom) this.#begun.set(sender, begun.add(told.first));
    return hasRoom;
  }

  /** Ranges between these sequences, both included, of which the sender has said nothing. */
  #unsaid(sender: string, from: number, to: number): (readonly [from: number, to: number])[] {
    const said = this.#gaps.filter((gap) => gap.sender === sender && gap.last >= from && gap.first <= to);
    const unsaid: [number, number][] = [];
    for (const gap of said.sort((a, b) => a.first - b.first)) {
      if (gap.first > from) unsaid.push([from, gap.first - 1]);
      from = gap.last + 1;
    }
    if (from <= to) unsaid.push([from, to]);
    return unsaid;
  }

  get(sequence: number): DataPdu | undefined {
    return this.#pdus.get(sequence);
  }

  /** A notice that stands for the sequence. */
  gapAt(sequence: number): ToldGap | undefined {
    return this.#gaps.find((gap) => gap.covers(sequence));
  }

  /** Names of those who say that they do not have the sequence any more. */
  missedBy(sequence: number): ReadonlySet<string> {
    return new Set(this.#gaps.filter((gap) => gap.covers(sequence)).map(({ sender }) => sender));
  }

  /** Least sequence, from this one on, of a PDU that is here; infinity: there is none. */
  firstFrom(sequence: number): number {
    let first = Number.POSITIVE_INFINITY;
    for (const each of this.#pdus.keys()) if (each >= sequence && each < first) first = each;
    return first;
  }

  /** Least sequence, from this one on, that a notice begins with; infinity: there is none. */
  firstGapFrom(sequence: number): number {
    return Math.min(...this.#gaps.map(({ first }) => first).filter((first) => first >= sequence));
  }

  /** Sequences of PDUs up to this one, and of the notices that `sender` told: of what others miss it may have more. */
  sequencesThrough(last: number, sender: string): number[] {
    const all = new Set([...this.#pdus.keys(), ...(this.#begun.get(sender) ?? [])]);
    return [...all].filter((sequence) => sequence <= last);
  }

  /** This sequence, and so everything before it, has been taken. */
  forget(sequence: number): void {
    this.#pdus.delete(sequence);
    if (this.#gaps.length > 0) this.#gaps = this.#gaps.filter(({ last }) => last > sequence);
    for (const begun of this.#begun.values()) for (const first of begun) if (first <= sequence) begun.delete(first);
  }
}

/** Last sequence that a PDU stands for: its own, unless it is a gap notice. */
export function lastOf(pdu: DataPdu): number {
  return pdu.type === specialPdus.gap ? pdu.sequence + Math.max(1, pdu.recordCount) - 1 : pdu.sequence;
}
