/** Puts the bytes of an address held as words into `bytes`. Shape: [4] or [16]. */
function copyAddress(words: Int32Array, at: number, bytes: Uint8Array): Uint8Array {
  for (let byte = 0; byte < bytes.length; byte++) bytes[byte] = words[at + (byte >> 2)]! >>> (24 - 8 * (byte & 3));
  return bytes;
}

/** The two addresses of a record, in arrays used again: a sink keeps nothing of what it is given. */
export class AddressPair {
  readonly #v4 = [new Uint8Array(4), new Uint8Array(4)] as const;
  readonly #v6 = [new Uint8Array(16), new Uint8Array(16)] as const;

  forward(words: Int32Array, at: number, isV6: boolean): Uint8Array {
    return copyAddress(words, at, isV6 ? this.#v6[0] : this.#v4[0]);
  }

  reverse(words: Int32Array, at: number, isV6: boolean): Uint8Array {
    return copyAddress(words, at, isV6 ? this.#v6[1] : this.#v4[1]);
  }
}
