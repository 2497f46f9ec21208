import type { Endpoint } from "./stream-protocol.ts";

/**
 * One end of a connection that is read. An array of bytes takes more memory than all else of an end, and most connections
 * are never asked for it, so it is made when somebody asks.
 */
export class StreamEndpoint implements Endpoint {
  readonly port: number;
  readonly #length: number;
  readonly #first: number;
  readonly #second: number;
  readonly #third: number;
  readonly #fourth: number;
  #address: Uint8Array | null = null;

  /** `words[at .. at + 4)`: the address, most significant byte first, an IPv4 one in the first word. */
  constructor(words: Int32Array, at: number, isV6: boolean, port: number) {
    this.port = port;
    this.#length = isV6 ? 16 : 4;
    this.#first = words[at]!;
    this.#second = words[at + 1]!;
    this.#third = words[at + 2]!;
    this.#fourth = words[at + 3]!;
  }

  /** Shape: [4] or [16]. */
  get address(): Uint8Array {
    if (this.#address !== null) return this.#address;
    const words = [this.#first, this.#second, this.#third, this.#fourth];
    this.#address = Uint8Array.from({ length: this.#length }, (_, byte) => words[byte >> 2]! >>> (24 - 8 * (byte & 3)));
    return this.#address;
  }
}
