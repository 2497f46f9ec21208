import type { Account } from "./account.ts";

/** What the hops of a path saw of one packet, and what that means for each pair of them. */
export class HopVerdicts {
  readonly #packet: number;
  /** By hop number, in the direction of travel. */
  readonly #hops: readonly number[];
  /** Instant of the first sighting; NaN for none. */
  readonly #firstNs: Float64Array;
  readonly #sightings: Uint32Array;

  constructor(packet: number, hops: number, isForward: boolean) {
    this.#packet = packet;
    this.#hops = Array.from({ length: hops }, (_, i) => (isForward ? i + 1 : hops - i));
    this.#firstNs = new Float64Array(hops + 1).fill(Number.NaN);
    this.#sightings = new Uint32Array(hops + 1);
  }

  see(hop: number, atNs: number): void {
    if (!(this.#firstNs[hop]! <= atNs)) this.#firstNs[hop] = atNs;
    this.#sightings[hop]!++;
  }

  /** Writes a verdict for every pair of consecutive hops, and for the first and the last, that saw anything of it. */
  write(account: Account): void {
    const last = this.#hops.length - 1;
    for (let i = 0; i < last; i++) this.#writePair(i, i + 1, account);
    if (last > 1) this.#writePair(0, last, account);
  }

  #writePair(earlier: number, later: number, account: Account): void {
    const from = this.#hops[earlier]!;
    const to = this.#hops[later]!;
    const [fromSeen, toSeen] = [this.#sightings[from]!, this.#sightings[to]!];
    const [fromNs, toNs] = [this.#firstNs[from]!, this.#firstNs[to]!];
    if (fromSeen > 0 && toSeen > 0)
      account.verdict(this.#packet, from, to, "matched", fromNs, toNs - fromNs, fromSeen, toSeen);
    else if (fromSeen > 0) {
      // A hop behind that saw it proves that it passed: then this tap did not look.
      const isSeenBehind = this.#hops.slice(later + 1).some((hop) => this.#sightings[hop]! > 0);
      account.verdict(this.#packet, from, to, isSeenBehind ? "missed" : "lost", fromNs, null, fromSeen, 0);
    } else if (toSeen > 0) account.verdict(this.#packet, from, to, "missed", toNs, null, 0, toSeen);
  }
}
