import { trafgenError } from "../errors.ts";
import { amountText, rateText } from "./amount-text.ts";
import { RateTally } from "./rate-tally.ts";

/** Most that may be sent in any second, on interfaces and sockets. */
export interface RateCap {
  readonly packetsPerS: number;
  /** Of IP. */
  readonly bitsPerS: number;
}

export const DEFAULT_CAP: RateCap = { packetsPerS: 10_000, bitsPerS: 100_000_000 };

/** @throws {CodedError} TRAFGEN_RATE_REFUSED when a rate is beyond the cap */
export function checkRate(cap: RateCap, peakPacketsPerS: number, peakBitsPerS: number): void {
  const beyond = [
    ...(peakPacketsPerS > cap.packetsPerS
      ? [`${amountText(peakPacketsPerS)} packets/s where ${amountText(cap.packetsPerS)} are allowed`]
      : []),
    ...(peakBitsPerS > cap.bitsPerS ? [`${rateText(peakBitsPerS)} where ${rateText(cap.bitsPerS)} are allowed`] : []),
  ];
  if (beyond.length > 0) throw trafgenError("TRAFGEN_RATE_REFUSED", `cannot send ${beyond.join(", and ")}`);
}

/** Keeps to the cap while sending: what could not be foreseen of a long scenario is looked at before it goes. */
export class RateGuard {
  readonly #cap: RateCap;
  readonly #tally = new RateTally();

  constructor(cap: RateCap) {
    this.#cap = cap;
  }

  /** @throws {CodedError} TRAFGEN_RATE_REFUSED */
  add(dueNs: number, ipBytes: number): void {
    const tally = this.#tally;
    tally.add(dueNs, ipBytes);
    if (tally.peakPacketsPerS > this.#cap.packetsPerS || tally.peakBitsPerS > this.#cap.bitsPerS)
      checkRate(this.#cap, tally.peakPacketsPerS, tally.peakBitsPerS);
  }
}
