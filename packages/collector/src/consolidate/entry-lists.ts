import { grown } from "./grown.ts";

const NONE = -1;

/** Doubly linked lists of numbers 0, 1, 2 ..., each in one list at most. Everything takes constant time. */
export class EntryLists {
  #heads: Int32Array;
  #tails: Int32Array;
  #next: Int32Array;
  #previous: Int32Array;
  #listOf: Int32Array;

  constructor(lists: number, entries: number) {
    this.#heads = new Int32Array(lists).fill(NONE);
    this.#tails = new Int32Array(lists).fill(NONE);
    this.#next = new Int32Array(entries).fill(NONE);
    this.#previous = new Int32Array(entries).fill(NONE);
    this.#listOf = new Int32Array(entries).fill(NONE);
  }

  growLists(lists: number): void {
    this.#heads = grown(this.#heads, lists, NONE);
    this.#tails = grown(this.#tails, lists, NONE);
  }

  growEntries(entries: number): void {
    this.#next = grown(this.#next, entries, NONE);
    this.#previous = grown(this.#previous, entries, NONE);
    this.#listOf = grown(this.#listOf, entries, NONE);
  }

  /** First of a list; -1: it is empty. */
  first(list: number): number {
    return this.#heads[list]!;
  }

  /** The one after this in its list; -1: it is the last. */
  after(entry: number): number {
    return this.#next[entry]!;
  }

  isIn(entry: number): boolean {
    return this.#listOf[entry] !== NONE;
  }

  /** Puts it at the end of the list, from whatever list it is in. */
  append(list: number, entry: number): void {
    this.remove(entry);
    const last = this.#tails[list]!;
    this.#previous[entry] = last;
    this.#next[entry] = NONE;
    this.#listOf[entry] = list;
    if (last === NONE) this.#heads[list] = entry;
    else this.#next[last] = entry;
    this.#tails[list] = entry;
  }

  /** Takes it out of its list, if it is in one. */
  remove(entry: number): void {
    const list = this.#listOf[entry]!;
    if (list === NONE) return;
    const previous = this.#previous[entry]!;
    const next = this.#next[entry]!;
    if (previous === NONE) this.#heads[list] = next;
    else this.#next[previous] = next;
    if (next === NONE) this.#tails[list] = previous;
    else this.#previous[next] = previous;
    this.#listOf[entry] = NONE;
  }
}
