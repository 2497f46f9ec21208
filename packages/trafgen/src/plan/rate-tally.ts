const SECOND_NS = 1e9;

/** Packets and bits by second of the run. Packets come in rising time, or nearly so. */
export class RateTally {
  packets = 0;
  ipBytes = 0;
  /** Most in any whole second counted from the start. */
  peakPacketsPerS = 0;
  peakBitsPerS = 0;
  #second = -1;
  #packetsInSecond = 0;
  #bitsInSecond = 0;

  add(atNs: number, ipBytes: number): void {
    const second = Math.floor(atNs / SECOND_NS);
    if (second > this.#second) {
      this.#second = second;
      this.#packetsInSecond = 0;
      this.#bitsInSecond = 0;
    }
    this.packets++;
    this.ipBytes += ipBytes;
    this.#packetsInSecond++;
    this.#bitsInSecond += ipBytes * 8;
    if (this.#packetsInSecond > this.peakPacketsPerS) this.peakPacketsPerS = this.#packetsInSecond;
    if (this.#bitsInSecond > this.peakBitsPerS) this.peakBitsPerS = this.#bitsInSecond;
  }
}
