import { DATA_HEAD_BYTES, OVERHEAD_BYTES, readDataPdu, readGapBody, specialPdus } from "@trafmon/observation";
import { fillHoles, gapPdu, type OutgoingPdu, type RunSender, type Spool } from "@trafmon/transport";

/** PDUs are forwarded as long as their probe made them; a notice of ours is as long as most networks take whole. */
export const NOTICE_BODY_BYTES = 1400 - OVERHEAD_BYTES - DATA_HEAD_BYTES;
/** Sequences of a run that may be missing at once. More come of a probe that is out of its mind. */
const MAX_MISSING = 1 << 22;

/** A probe run on its way to another collector. */
export class ForwardedRun {
  readonly probe: string;
  readonly run: string;
  readonly spool: Spool;
  readonly sender: RunSender;
  /** Monotonic time when something of the run was taken last. */
  heardMs: number;
  #hasEnded = false;

  constructor(names: { readonly probe: string; readonly run: string }, spool: Spool, sender: RunSender, nowMs: number) {
    this.probe = names.probe;
    this.run = names.run;
    this.spool = spool;
    this.sender = sender;
    this.heardMs = nowMs;
  }

  /** The end of the run is among what was spooled. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Spools the next PDU. False when the run cannot be forwarded any more. */
  put(pdu: OutgoingPdu): boolean {
    this.#hasEnded ||= pdu.type === specialPdus.end;
    const { spool } = this;
    spool.beginAt(pdu.sequence);
    const next = spool.nextSequence;
    // Spooled by an earlier life that was killed before its commit, so it came again.
    if (pdu.sequence + pdu.span <= next) return true;
    if (pdu.sequence - next > MAX_MISSING) return false;
    for (const hole of fillHoles([], next, pdu.sequence, NOTICE_BODY_BYTES)) spool.take(hole);
    spool.take(pdu.sequence < next ? restOf(pdu, next) : pdu);
    return true;
  }
}

/** A gap notice from this sequence on: what it says of earlier ones has come all the same. */
function restOf(gap: OutgoingPdu, sequence: number): OutgoingPdu {
  const { body, recordCount } = readDataPdu(gap.bytes);
  return gapPdu(sequence, readGapBody(body, recordCount).slice(sequence - gap.sequence), gap);
}
