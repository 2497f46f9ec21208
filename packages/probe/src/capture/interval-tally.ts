import { MALFORMED_REASONS, malformedName, NON_IP_ETHERTYPE, verdictName } from "@trafmon/packet";

/** Kinds of non-IP frame told apart in an interval; the rest count as `other`. Bounds what a hostile link can make us keep. */
const MAX_KINDS = 128;

/** What an interface gave in one interval, and where it went. */
export class IntervalTally {
  /** Start of the interval: seconds since the epoch, a multiple of its length. */
  readonly startS: number;
  packets = 0;
  bytes = 0;
  ipPackets = 0;
  ipBytes = 0;
  matched = 0;
  unmatched = 0;
  nonIp = 0;
  undecodable = 0;
  badTime = 0;
  forgottenFrames = 0;
  kernelDropped = 0;
  cardDropped = 0;
  queueDropped = 0;
  /** Frames that are no IP packet, by verdict. */
  readonly #verdicts = new Map<number, number>();
  #otherNonIp = 0;
  /** IP packets by what is wrong inside them. */
  readonly #malformed = new Float64Array(MALFORMED_REASONS);

  constructor(startS: number) {
    this.startS = startS;
  }

  /** A frame that is no IP packet. */
  addOther(verdict: number): void {
    const isNonIp = verdict >= NON_IP_ETHERTYPE;
    if (isNonIp) this.nonIp++;
    else this.undecodable++;
    const count = this.#verdicts.get(verdict);
    if (count !== undefined) this.#verdicts.set(verdict, count + 1);
    else if (!isNonIp || this.#verdicts.size < MAX_KINDS) this.#verdicts.set(verdict, 1);
    else this.#otherNonIp++;
  }

  addMalformed(reason: number): void {
    this.#malformed[reason]!++;
  }

  ethertypes(): Record<string, number> {
    const tally = this.#named((verdict) => verdict >= NON_IP_ETHERTYPE);
    if (this.#otherNonIp > 0) tally.other = this.#otherNonIp;
    return tally;
  }

  undecodableReasons(): Record<string, number> {
    return this.#named((verdict) => verdict < NON_IP_ETHERTYPE);
  }

  malformedReasons(): Record<string, number> {
    const tally: Record<string, number> = {};
    this.#malformed.forEach((count, reason) => {
      if (count > 0) tally[malformedName(reason)] = count;
    });
    return tally;
  }

  #named(isWanted: (verdict: number) => boolean): Record<string, number> {
    const tally: Record<string, number> = {};
    for (const [verdict, count] of this.#verdicts) if (isWanted(verdict)) tally[verdictName(verdict)] = count;
    return tally;
  }
}
