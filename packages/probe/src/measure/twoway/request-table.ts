import { RecordPool } from "../../tables/record-pool.ts";
import { SlotIndex } from "../../tables/slot-index.ts";
import { KEY_CONTENT, KEY_FINDING_WORDS, type RequestKey } from "./request-key.ts";

/** Words of a request. Word 0 is the pool's. */
const HASH = 1;
const YOUNGER = 2;
const OLDER = 3;
const DUE_S = 4;
export const REQUEST_STATE = 5;
/** The flow instance it counts in. */
export const REQUEST_INSTANCE = 6;
export const FIRST_S = 7;
export const FIRST_NANOS = 8;
export const LAST_S = 9;
export const LAST_NANOS = 10;
const KEY = 11;
/** Two lines of memory: with no more words than needed most requests would lie in three. */
const STRIDE = 32;

/** What a request waits for; each state is a queue, oldest first. */
export const WAITING = 0;
/** Not answered in time; a late reply may still come. */
export const OVERDUE = 1;
/** Answered: further copies and replies are told as such. */
export const SETTLED = 2;
const STATES = 3;

/**
 * Requests between the same ends with the same numbers, that differ in content only: openings of connections on the same
 * ports, say. A flood of them is to cost no more than other packets, so there are no more.
 */
const MOST_ALIKE = 64;

/** How content is compared. */
export const CONTENT_EQUAL = 0;
/** The reply does not say what it answers. */
export const CONTENT_ANY = 1;
/** The reply's is the request's or up to 64 Ki more: sequence numbers behind payload. */
export const CONTENT_WITHIN = 2;

/** The requests of one class and protocol, by key and by state, in bounded memory. */
export class RequestTable {
  readonly pool: RecordPool;
  /** Of the last `find` that found nothing: the one that can be missed most of too many that differ in content only; 0: none. */
  surplus = 0;
  readonly #index: SlotIndex;
  readonly #oldest = new Int32Array(STATES);
  readonly #youngest = new Int32Array(STATES);

  constructor(limit: number) {
    this.pool = new RecordPool(STRIDE, limit);
    this.#index = new SlotIndex(limit);
  }

  get bytes(): number {
    return this.pool.bytes + this.#index.bytes;
  }

  get isFull(): boolean {
    return this.pool.taken >= this.pool.limit;
  }

  /** The request with the key, its content compared in that manner; 0: none. Of several, rather one that waits. */
  find(key: RequestKey, compare: number): number {
    const { pairs } = this.#index;
    const { words } = this.pool;
    let found = 0;
    let alike = 0;
    let stalest = 0;
    for (let p = this.#index.home(key.hash); pairs[p] !== 0; p = this.#index.next(p)) {
      if (pairs[p + 1] !== key.hash) continue;
      const slot = pairs[p]! - 1;
      const base = slot * STRIDE;
      if (!this.#hasEndsOf(base, key)) continue;
      alike++;
      if (stalest === 0 || this.#isStaler(slot, stalest)) stalest = slot;
      if (!this.#hasContentOf(base, key, compare)) continue;
      if (compare === CONTENT_EQUAL || words[base + REQUEST_STATE] === WAITING) return slot;
      found = slot;
    }
    this.surplus = alike >= MOST_ALIKE ? stalest : 0;
    return found;
  }

  #hasEndsOf(base: number, key: RequestKey): boolean {
    const { words } = this.pool;
    for (let word = 0; word < KEY_FINDING_WORDS; word++) {
      if (words[base + KEY + word] !== key.words[word]) return false;
    }
    return true;
  }

  /** Answered before overdue before waiting, then by age. */
  #isStaler(slot: number, other: number): boolean {
    const { words } = this.pool;
    const state = words[slot * STRIDE + REQUEST_STATE]!;
    const otherState = words[other * STRIDE + REQUEST_STATE]!;
    return state === otherState ? this.dueOf(slot) < this.dueOf(other) : state > otherState;
  }

  #hasContentOf(base: number, key: RequestKey, compare: number): boolean {
    const { words } = this.pool;
    if (compare === CONTENT_ANY) return true;
    const content = base + KEY + KEY_CONTENT;
    if (compare === CONTENT_WITHIN) return (key.words[KEY_CONTENT]! - words[content]!) >>> 0 < 65_536;
    return words[content] === key.words[KEY_CONTENT] && words[content + 1] === key.words[KEY_CONTENT + 1];
  }

  /** A request with the key, in no queue yet. The table must not be full. */
  add(key: RequestKey): number {
    const slot = this.pool.take();
    const { words } = this.pool;
    const base = slot * STRIDE;
    words.set(key.words, base + KEY);
    words[base + HASH] = key.hash;
    this.#index.add(key.hash, slot);
    return slot;
  }

  /** Takes a request out for good; it must be in no queue. */
  remove(slot: number): void {
    this.#index.remove(this.pool.words[slot * STRIDE + HASH]!, slot);
    this.pool.give(slot);
  }

  /** Puts a request at the end of a state's queue. `dueS` must not be before that of the last one. */
  enqueue(slot: number, state: number, dueS: number): void {
    const { words } = this.pool;
    const base = slot * STRIDE;
    const last = this.#youngest[state]!;
    words[base + REQUEST_STATE] = state;
    words[base + DUE_S] = dueS;
    words[base + OLDER] = last;
    words[base + YOUNGER] = 0;
    if (last === 0) this.#oldest[state] = slot;
    else words[last * STRIDE + YOUNGER] = slot;
    this.#youngest[state] = slot;
  }

  /** Takes a request out of its queue. */
  dequeue(slot: number): void {
    const { words } = this.pool;
    const base = slot * STRIDE;
    const state = words[base + REQUEST_STATE]!;
    const younger = words[base + YOUNGER]!;
    const older = words[base + OLDER]!;
    if (older === 0) this.#oldest[state] = younger;
    else words[older * STRIDE + YOUNGER] = younger;
    if (younger === 0) this.#youngest[state] = older;
    else words[younger * STRIDE + OLDER] = older;
  }

  /** The request longest in a state; 0: none. */
  oldest(state: number): number {
    return this.#oldest[state]!;
  }

  /** Second of the source clock at which the oldest request of any state is due. */
  get dueS(): number {
    let dueS = Number.POSITIVE_INFINITY;
    for (let state = 0; state < STATES; state++) {
      const slot = this.#oldest[state]!;
      if (slot !== 0) dueS = Math.min(dueS, this.dueOf(slot));
    }
    return dueS;
  }

  dueOf(slot: number): number {
    return this.pool.words[slot * STRIDE + DUE_S]! >>> 0;
  }

  /** Word where a request begins. */
  baseOf(slot: number): number {
    return slot * STRIDE;
  }
}
