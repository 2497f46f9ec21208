import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Coverage } from "./coverage.mjs";
import { Mutator, randomOf } from "./mutator.mjs";

const MOST_INPUT_BYTES = 16 * 1024;
/** Runs between two looks at the memory, and how much it may grow beyond the inputs kept. */
const MEMORY_EVERY = 20_000;
const MEMORY_ROOM_BYTES = 96 * 1024 * 1024;

/**
 * Feeds a target with ever new inputs, and keeps those that make the code do something it did not do before. Inputs kept
 * go on in the next run.
 */
export class Fuzzer {
  runs = 0;
  /** What went wrong: `{ file, reason }`. */
  faults = [];
  #target;
  #folder;
  #random;
  #mutator;
  #coverage = new Coverage();
  #corpus = [];
  #corpusBytes = 0;
  #firstBytes = 0;
  #reasons = new Set();

  constructor(target, folder, seed) {
    this.#target = target;
    this.#folder = join(folder, target.name);
    this.#random = randomOf(seed);
    this.#mutator = new Mutator(this.#random, target.tokens ?? [], MOST_INPUT_BYTES);
    mkdirSync(join(this.#folder, "corpus"), { recursive: true });
  }

  get kept() {
    return this.#corpus.length;
  }

  reached() {
    return this.#coverage.reached();
  }

  /** Fuzzes for so long. */
  async fuzz(seconds) {
    // What the modules did while they were loaded is nobody's behaviour.
    this.#coverage.take();
    for (const input of this.#target.seeds()) await this.#try(input.subarray(0, MOST_INPUT_BYTES), false);
    for (const input of this.#earlier()) await this.#try(input, false);
    if (this.#corpus.length === 0) this.#keep(new Uint8Array(64), false);
    const untilMs = performance.now() + seconds * 1000;
    while (performance.now() < untilMs) {
      await this.#try(this.#mutator.mutate(this.#choose(), this.#choose()), true);
      if (this.runs % MEMORY_EVERY === 0) this.#checkMemory();
    }
    this.#checkMemory();
  }

  async #try(input, isNewInput) {
    this.runs++;
    let reason = null;
    try {
      await this.#target.run(input);
    } catch (error) {
      reason = error.stack ?? String(error);
    }
    const { steps, isNew } = this.#coverage.take();
    const most = this.#target.mostSteps(input.length);
    if (reason === null && steps > most) reason = `${steps} steps for ${input.length} bytes, more than ${most}`;
    if (reason !== null) this.#tell(input, reason);
    if (isNew) this.#keep(input, isNewInput);
  }

  /** The newest inputs lead on best, the others keep it broad. */
  #choose() {
    const { length } = this.#corpus;
    const fromEnd = this.#random(2) === 0 ? this.#random(Math.min(length, 32)) : this.#random(length);
    return this.#corpus[length - 1 - fromEnd];
  }

  #keep(input, isNewInput) {
    this.#corpus.push(Uint8Array.from(input));
    this.#corpusBytes += input.length;
    if (isNewInput) writeFileSync(join(this.#folder, "corpus", nameOf(input)), input);
  }

  #earlier() {
    const folder = join(this.#folder, "corpus");
    return readdirSync(folder)
      .sort()
      .map((file) => readFileSync(join(folder, file)));
  }

  #tell(input, reason) {
    // The same place found again is not another fault.
    const [what, where = what] = reason.split("\n    at ");
    const place = where.replace(/\d+ steps/, "N steps").replace(/\d+ bytes.*/, "");
    if (this.#reasons.has(place)) return;
    this.#reasons.add(place);
    const file = join(this.#folder, `fault-${nameOf(input)}`);
    writeFileSync(file, input);
    this.faults.push({ file, reason });
  }

  #checkMemory() {
    globalThis.gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const bytes = heapUsed + arrayBuffers - this.#corpusBytes;
    if (this.#firstBytes === 0) this.#firstBytes = bytes;
    const grown = bytes - this.#firstBytes;
    if (grown > MEMORY_ROOM_BYTES) this.#tell(new Uint8Array(0), `memory has grown by ${grown >> 20} MiB`);
  }
}

function nameOf(input) {
  return createHash("sha256").update(input).digest("hex").slice(0, 16);
}
