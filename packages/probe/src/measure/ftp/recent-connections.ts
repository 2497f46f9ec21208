/** Connections remembered; a power of 2. */
const CAPACITY = 1 << 14;
/** Chains by hash of the endpoint; a power of 2. */
const CHAINS = 1 << 12;

/**
 * The connections that began lately, by the endpoint that listens: an offer may be understood only after the connection
 * made of it has begun. A ring: the newest overwrite the oldest.
 */
export class RecentConnections {
  readonly #windowS: number;
  /** Entries ever written; entry n is in place n % CAPACITY. */
  #written = 1;
  /** Newest entry of each chain, 0: none. */
  readonly #newest = new Float64Array(CHAINS);
  /** The entry before in the same chain. */
  readonly #before = new Float64Array(CAPACITY);
  readonly #hashes = new Int32Array(CAPACITY);
  readonly #slots = new Int32Array(CAPACITY);
  readonly #numbers = new Float64Array(CAPACITY);
  readonly #begunS = new Float64Array(CAPACITY);
  readonly #flowIds = new Float64Array(CAPACITY);

  constructor(windowS: number) {
    this.#windowS = windowS;
  }

  get bytes(): number {
    return this.#newest.byteLength + CAPACITY * (3 * 8 + 8 + 2 * 4);
  }

  /** `number`: of the connection within the run; `flowId`: of its account instance, 0: none. */
  add(hash: number, slot: number, number: number, begunS: number, flowId: number): void {
    const entry = this.#written++;
    const place = entry & (CAPACITY - 1);
    const chain = hash & (CHAINS - 1);
    this.#before[place] = this.#newest[chain]!;
    this.#newest[chain] = entry;
    this.#hashes[place] = hash;
    this.#slots[place] = slot;
    this.#numbers[place] = number;
    this.#begunS[place] = begunS;
    this.#flowIds[place] = flowId;
  }

  /** Whether connections were forgotten that began within the window. */
  isOverrun(clockS: number): boolean {
    if (this.#written <= CAPACITY) return false;
    return clockS - this.#begunS[this.#written & (CAPACITY - 1)]! < this.#windowS;
  }

  /** Hands over the connections with this hash that began within the window, the newest first, until one is taken. */
  find(hash: number, clockS: number, take: (slot: number, number: number, flowId: number) => boolean): void {
    let entry = this.#newest[hash & (CHAINS - 1)]!;
    while (entry !== 0 && this.#written - entry < CAPACITY) {
      const place = entry & (CAPACITY - 1);
      if (clockS - this.#begunS[place]! > this.#windowS) return;
      if (this.#hashes[place] === hash && take(this.#slots[place]!, this.#numbers[place]!, this.#flowIds[place]!))
        return;
      entry = this.#before[place]!;
    }
  }
}
