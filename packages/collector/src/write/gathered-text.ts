const BLOCK_BYTES = 64 << 10;

/**
 * Text that waits to be written, as bytes in blocks. Lines become bytes as they come: kept as strings until a commit,
 * the many small pieces they are put together from would outlive several garbage collections, which then took most of
 * a busy collector's time (transport.bench.ts).
 */
export class GatheredText {
  readonly #full: Buffer[] = [];
  #block: Buffer | null = null;
  #end = 0;

  get isEmpty(): boolean {
    return this.#end === 0 && this.#full.length === 0;
  }

  /** `text`: characters, or their bytes, which are copied. */
  append(text: string | Uint8Array): void {
    const isBytes = typeof text !== "string";
    // No character takes more than 3 bytes for each of its UTF-16 units.
    const room = isBytes ? text.length : text.length * 3;
    if (this.#block === null || this.#block.length - this.#end < room) {
      this.#closeBlock();
      this.#block = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, room));
    }
    if (isBytes) this.#block.set(text, this.#end);
    this.#end += isBytes ? text.length : this.#block.write(text, this.#end, "utf8");
  }

  /** Moves another's text behind this one's. */
  appendAll(other: GatheredText): void {
    this.#closeBlock();
    this.#full.push(...other.blocks());
  }

  /** All bytes, in order. */
  blocks(): readonly Buffer[] {
    this.#closeBlock();
    return this.#full;
  }

  #closeBlock(): void {
    if (this.#block !== null && this.#end > 0) this.#full.push(this.#block.subarray(0, this.#end));
    this.#block = null;
    this.#end = 0;
  }
}
