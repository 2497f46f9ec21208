import { type DataPdu, specialPdus } from "@trafmon/observation";
import { ToldGap } from "./told-gap.ts";

/** PDUs of one run, in memory, that came before those in front of them; and the gap notices that came. */
export class EarlyPdus {
  readonly #pdus = new Map<number, DataPdu>();
  #gaps: ToldGap[] = [];

  /** How many there are. */
  get count(): number {
    return this.#pdus.size + this.#gaps.length;
  }

  /** Whether the PDU, or a notice of the same sender that says as much, is here. */
  has(pdu: DataPdu, sender: string): boolean {
    if (pdu.type !== specialPdus.gap) return this.#pdus.has(pdu.sequence);
    const last = lastOf(pdu);
    return this.#gaps.some((gap) => gap.sender === sender && gap.covers(pdu.sequence) && gap.covers(last));
  }

  /** Keeps a copy. */
  keep(pdu: DataPdu, sender: string): void {
    const kept = { ...pdu, body: Buffer.from(pdu.body) };
    if (pdu.type === specialPdus.gap) this.#gaps.push(new ToldGap(kept, sender));
    else this.#pdus.set(pdu.sequence, kept);
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
    const told = this.#gaps.filter((gap) => gap.sender === sender).map(({ first }) => first);
    return [...new Set([...this.#pdus.keys(), ...told])].filter((sequence) => sequence <= last);
  }

  /** This sequence, and so everything before it, has been taken. */
  forget(sequence: number): void {
    this.#pdus.delete(sequence);
    if (this.#gaps.length > 0) this.#gaps = this.#gaps.filter(({ last }) => last > sequence);
  }
}

/** Last sequence that a PDU stands for: its own, unless it is a gap notice. */
export function lastOf(pdu: DataPdu): number {
  return pdu.type === specialPdus.gap ? pdu.sequence + Math.max(1, pdu.recordCount) - 1 : pdu.sequence;
}
