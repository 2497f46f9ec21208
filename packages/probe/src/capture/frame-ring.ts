import { LENGTH } from "@trafmon/packet";

/**
 * A ring of packet records in shared memory, for one writing and one reading thread.
 *
 *     header, 8 words                data, a power of 2 words
 *    +-----------------------+      +---------------------------------------------+
 *    | written, released ... |      | ... records | free ... | records ... |(left)|
 *    +-----------------------+      +---------------------------------------------+
 *
 * `written` and `released` count words since the start and wrap at 2^32; their difference is what is in the ring. Records
 * are whole and never wrap: what does not fit before the end of the data is left unused (`lap end` says from where) and
 * counts as written.
 */
const WRITTEN = 0;
const RELEASED = 1;
/** Index into the data where the lap that was finished last ends. */
const LAP_END = 2;
/** Whether the other side sleeps, and wants to be woken. */
const READER_SLEEPS = 3;
const WRITER_SLEEPS = 4;
/** Set by the reader: the writer is to end, or nobody reads any more. */
const STOP = 5;
const STOP_SOON = 1;
const STOP_READER_LEFT = 2;
const HEADER_WORDS = 8;

const SMALLEST_WORDS = 64 * 1024;
/** Words of a cache line, 64 bytes. */
const WORDS_OF_A_LINE = 16;

/** Makes the memory of a ring: at least `bytes`, rounded up to a power of 2. */
export function makeRing(bytes: number): SharedArrayBuffer {
  let words = SMALLEST_WORDS;
  while (words * 4 < bytes) words *= 2;
  return new SharedArrayBuffer((HEADER_WORDS + words) * 4);
}

/** Not in the ECMAScript 2023 library that we compile against; Node has it since version 16. */
const waitAsync = (
  Atomics as unknown as {
    waitAsync(
      words: Int32Array,
      index: number,
      value: number,
      timeoutMs: number,
    ): { readonly async: false } | { readonly async: true; readonly value: Promise<string> };
  }
).waitAsync;

/** The writing end. */
export class RingWriter {
  readonly #header: Int32Array;
  readonly #data: Int32Array;
  /** Where the next record goes, in words since the start. */
  #written: number;

  constructor(memory: SharedArrayBuffer) {
    this.#header = new Int32Array(memory, 0, HEADER_WORDS);
    this.#data = new Int32Array(memory, HEADER_WORDS * 4);
    this.#written = Atomics.load(this.#header, WRITTEN);
  }

  /** Whether the reader wants no more. */
  get isStopped(): boolean {
    return Atomics.load(this.#header, STOP) !== 0;
  }

  /**
   * Writes the records in words [from, until) of `words`, as many as there is room for when `spareWords` stay free.
   * Returns where the first that did not fit begins, or `until`.
   *
   * @throws {RangeError} for a record longer than half the ring, which might never fit
   */
  write(words: Int32Array, from: number, until: number, spareWords = 0): number {
    let at = from;
    while (at < until) {
      const next = this.#writeRun(words, at, until, spareWords);
      if (next === at) break;
      at = next;
    }
    if (at > from) this.#publish();
    return at;
  }

  /** Writes all the records, and sleeps while there is no room. Returns early only when nobody reads any more. */
  writeAll(words: Int32Array, from: number, until: number): void {
    const header = this.#header;
    let at = from;
    while (at < until && Atomics.load(header, STOP) !== STOP_READER_LEFT) {
      const released = Atomics.load(header, RELEASED);
      at = this.write(words, at, until);
      if (at === until) return;
      Atomics.store(header, WRITER_SLEEPS, 1);
      Atomics.wait(header, RELEASED, released, 100);
      Atomics.store(header, WRITER_SLEEPS, 0);
    }
  }

  /** Copies the records that fit before the end of the data; none, when not even the first fits anywhere. */
  #writeRun(words: Int32Array, from: number, until: number, spareWords: number): number {
    const data = this.#data;
    const capacity = data.length;
    const free = capacity - ((this.#written - Atomics.load(this.#header, RELEASED)) >>> 0) - spareWords;
    const position = this.#written & (capacity - 1);
    const toEnd = capacity - position;
    const room = Math.min(free, toEnd);
    let end = from;
    while (end < until) {
      const length = words[end + LENGTH]!;
      if (length > capacity >> 1) throw new RangeError(`a record of ${length} words is too long for the ring`);
      if (end + length - from > room) break;
      end += length;
    }
    const count = end - from;
    if (count > 0) {
      data.set(words.subarray(from, end), position);
      this.#written = (this.#written + count) | 0;
      if (count === toEnd) Atomics.store(this.#header, LAP_END, capacity);
      return end;
    }
    // Nothing fits before the end of the data. If the first record fits at its start, go there.
    if (free < toEnd + words[from + LENGTH]!) return from;
    Atomics.store(this.#header, LAP_END, position);
    this.#written = (this.#written + toEnd) | 0;
    return this.#writeRun(words, from, until, spareWords);
  }

  #publish(): void {
    const header = this.#header;
    Atomics.store(header, WRITTEN, this.#written);
    if (Atomics.load(header, READER_SLEEPS) !== 0) Atomics.notify(header, WRITTEN);
  }
}

/** The reading end. */
export class RingReader {
  /** The records are in words [from, until) of `words`, after `take`. */
  readonly words: Int32Array;
  from = 0;
  until = 0;
  /** Nothing but what keeps reads from being left out as useless. */
  touched = 0;
  readonly #header: Int32Array;
  /** Words since the start that have been taken. */
  #taken: number;

  constructor(memory: SharedArrayBuffer) {
    this.#header = new Int32Array(memory, 0, HEADER_WORDS);
    this.words = new Int32Array(memory, HEADER_WORDS * 4);
    this.#taken = Atomics.load(this.#header, RELEASED);
  }

  /**
   * Makes the next records visible, where they lie in the ring: about `limitWords` of them, one record at least; false
   * when there are none.
   */
  take(limitWords = Number.POSITIVE_INFINITY): boolean {
    const { words } = this;
    const capacity = words.length;
    for (;;) {
      const available = (Atomics.load(this.#header, WRITTEN) - this.#taken) >>> 0;
      if (available === 0) return false;
      const position = this.#taken & (capacity - 1);
      const toEnd = capacity - position;
      const end = available < toEnd ? position + available : Atomics.load(this.#header, LAP_END);
      this.from = position;
      this.until = end;
      if (end - position > limitWords) {
        this.touched = touchLines(words, position, position + limitWords);
        let until = position;
        while (until - position < limitWords) until += words[until + LENGTH]!;
        this.until = until;
      }
      // What was left unused at the end goes with the last record before it.
      const taken = this.until === end ? Math.min(available, toEnd) : this.until - position;
      this.#taken = (this.#taken + taken) | 0;
      if (this.until > position) return true;
      this.release();
    }
  }

  /** Gives the room of all that was taken back to the writer. */
  release(): void {
    const header = this.#header;
    Atomics.store(header, RELEASED, this.#taken);
    if (Atomics.load(header, WRITER_SLEEPS) === 0) return;
    // Waking a thread is dear: it is worth while when there is much room again.
    const filled = (Atomics.load(header, WRITTEN) - this.#taken) >>> 0;
    if (filled > this.words.length >> 1) return;
    // Once: it takes a while to wake, and each call is dear.
    if (Atomics.exchange(header, WRITER_SLEEPS, 0) !== 0) Atomics.notify(header, RELEASED);
  }

  /** Resolves when there may be records to take, at the latest after so many milliseconds. Does not block the thread. */
  async wait(timeoutMs: number): Promise<void> {
    const header = this.#header;
    const seen = Atomics.load(header, WRITTEN);
    if (seen !== this.#taken) return;
    Atomics.store(header, READER_SLEEPS, 1);
    const waiting = waitAsync(header, WRITTEN, seen, timeoutMs);
    if (waiting.async) await within(waiting.value, timeoutMs);
    Atomics.store(header, READER_SLEEPS, 0);
  }

  /** Tells the writer to end. What it still writes is to be taken. */
  stop(): void {
    this.#stop(STOP_SOON);
  }

  /** Tells the writer that nothing will be taken any more. */
  leave(): void {
    this.#stop(STOP_READER_LEFT);
  }

  #stop(how: number): void {
    Atomics.store(this.#header, STOP, how);
    Atomics.notify(this.#header, RELEASED);
  }
}

/** Resolves with the promise or after the time. Unlike the wait itself, the timer keeps the process alive meanwhile. */
function within(woken: Promise<string>, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    woken.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * Reads a word of every cache line of [from, until): in a row, which the processor foresees. Going from record to record it
 * would wait for one after the other, for where the next one begins stands in the last.
 */
function touchLines(words: Int32Array, from: number, until: number): number {
  let touched = 0;
  for (let word = from; word < until; word += WORDS_OF_A_LINE) touched ^= words[word]!;
  return touched;
}
