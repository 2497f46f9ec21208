import type { CommittedStream } from "./journal.ts";

/**
 * What the collector knows of one probe run. It changes as PDUs are taken into the logs' buffers; what of it is
 * permanent is the copy in the last commit.
 */
export class ProbeStream {
  readonly probe: string;
  readonly run: string;
  /** Every PDU up to this sequence number has been taken. */
  through = 0;
  /** Every PDU up to this sequence number is on stable storage: what may be acknowledged. */
  safeThrough = 0;
  #hasEnded = false;
  #hasNewFlows = false;
  /** Pairs of first and last flow id described, rising, apart by more than 1. */
  readonly #flows: number[] = [];

  constructor(probe: string, run: string) {
    this.probe = probe;
    this.run = run;
  }

  static restored(committed: CommittedStream): ProbeStream {
    const stream = new ProbeStream(committed.probe, committed.run);
    stream.through = committed.through;
    stream.safeThrough = committed.through;
    stream.#hasEnded = committed.hasEnded ?? false;
    stream.#flows.push(...committed.flows);
    return stream;
  }

  /** Something has been taken that no commit knows of. */
  get isChanged(): boolean {
    return this.safeThrough !== this.through || this.#hasNewFlows;
  }

  /** A copy for the journal. `takenS`: now, seconds since the epoch; `takenRanS`: now, in the collector's running time. */
  snapshot(takenS: number, takenRanS = 0): CommittedStream {
    const { probe, run, through, hasEnded } = this;
    this.#hasNewFlows = false;
    return { probe, run, through, flows: [...this.#flows], takenS, takenRanS, ...(hasEnded && { hasEnded }) };
  }

  /** The last copy did not get to the journal. */
  noteUnsaved(): void {
    this.#hasNewFlows = true;
  }

  /** This copy is on stable storage. */
  committed(copy: CommittedStream): void {
    this.safeThrough = copy.through;
  }

  /** The last of what was taken ends the run in order. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Nothing follows but what was taken before: no record will need to know which flows are described. */
  end(): void {
    this.#hasEnded = true;
    this.#flows.length = 0;
  }

  isDescribed(flowId: number): boolean {
    const flows = this.#flows;
    // Ids rise, so the last run of ids answers nearly always.
    for (let at = flows.length - 2; at >= 0; at -= 2) {
      if (flowId >= (flows[at] as number)) return flowId <= (flows[at + 1] as number);
    }
    return false;
  }

  /** Notes that the description of this flow has been taken. */
  describe(flowId: number): void {
    const flows = this.#flows;
    let at = flows.length - 2;
    while (at >= 0 && (flows[at] as number) > flowId) at -= 2;
    if (at >= 0 && flowId <= (flows[at + 1] as number)) return;
    this.#hasNewFlows = true;
    const touchesBefore = at >= 0 && (flows[at + 1] as number) === flowId - 1;
    const touchesAfter = flows[at + 2] === flowId + 1;
    if (touchesBefore && touchesAfter) flows.splice(at + 1, 2);
    else if (touchesBefore) flows[at + 1] = flowId;
    else if (touchesAfter) flows[at + 2] = flowId;
    else flows.splice(at + 2, 0, flowId, flowId);
  }
}
