import { INSTANCE_CELLS, INSTANCE_STRIDE, instanceId } from "../classify/instance-record.ts";
import { MAX_FLOW_CLASSES } from "../classify/match-packet.ts";
import { RecordPool } from "../tables/record-pool.ts";
import type { IntervalWriting, MeasurementParts } from "./measurement.ts";

/** Word 0 of a cell is its owner's, and the pool's when it is free. Flow instance the cell belongs to; 0: the cell is free. */
export const CELL_INSTANCE = 1;
/** Start of the cell's interval, seconds since the epoch. */
export const CELL_START = 2;

/**
 * The cells of a measurement: counters of one flow instance over one interval. An instance has one open cell; a packet
 * of another interval writes it and opens the next, so what comes late makes a further record of its own interval.
 */
export abstract class IntervalCells implements IntervalWriting {
  dueS = Number.POSITIVE_INFINITY;
  readonly pool: RecordPool;
  protected readonly instances: RecordPool;
  protected readonly intervalS: number;
  /** Word of an instance that names its open cell. */
  protected readonly cellWord: number;
  readonly #latenessS: number;

  /** `stride`: words in a cell. */
  constructor(parts: Pick<MeasurementParts, "instances" | "place" | "latenessS">, intervalS: number, stride: number) {
    this.instances = parts.instances;
    this.intervalS = intervalS;
    this.cellWord = INSTANCE_CELLS + parts.place;
    this.#latenessS = Math.ceil(parts.latenessS);
    this.pool = new RecordPool(stride, parts.instances.limit + MAX_FLOW_CLASSES);
  }

  /** Writes the records of the cell that begins at word `base`. */
  protected abstract write(base: number, flowId: number, startS: number, slot: number): void;

  get bytes(): number {
    return this.pool.bytes;
  }

  /** Where the instance's cell for an instant begins in `pool.words`, opened if it must be. `s`: seconds, any sign. */
  protected cellAt(slot: number, s: number): number {
    const base = this.openCell(slot);
    if (base !== 0 && (s - this.pool.words[base + CELL_START]!) >>> 0 < this.intervalS) return base;
    return this.#open(slot, s >>> 0);
  }

  /** Where the instance's open cell begins; 0: it has none. */
  protected openCell(slot: number): number {
    return this.instances.words[slot * INSTANCE_STRIDE + this.cellWord]! * this.pool.stride;
  }

  writeOf(slot: number): void {
    const word = slot * INSTANCE_STRIDE + this.cellWord;
    const cell = this.instances.words[word]!;
    if (cell === 0) return;
    const base = cell * this.pool.stride;
    this.write(base, instanceId(this.instances, slot), this.pool.words[base + CELL_START]! >>> 0, slot);
    this.instances.words[word] = 0;
    this.pool.words[base + CELL_INSTANCE] = 0;
    this.pool.give(cell);
  }

  writeEnded(clockS: number): void {
    const { stride } = this.pool;
    let dueS = Number.POSITIVE_INFINITY;
    for (let cell = 1; cell < this.pool.end; cell++) {
      const base = cell * stride;
      const slot = this.pool.words[base + CELL_INSTANCE]!;
      if (slot === 0) continue;
      const cellDueS = this.#dueS(this.pool.words[base + CELL_START]! >>> 0);
      if (cellDueS <= clockS) this.writeOf(slot);
      else if (cellDueS < dueS) dueS = cellDueS;
    }
    this.dueS = dueS;
  }

  writeAll(): void {
    for (let cell = 1; cell < this.pool.end; cell++) {
      const slot = this.pool.words[cell * this.pool.stride + CELL_INSTANCE]!;
      if (slot !== 0) this.writeOf(slot);
    }
    this.dueS = Number.POSITIVE_INFINITY;
  }

  #open(slot: number, s: number): number {
    this.writeOf(slot);
    const cell = this.pool.take();
    const base = cell * this.pool.stride;
    const startS = s - (s % this.intervalS);
    this.instances.words[slot * INSTANCE_STRIDE + this.cellWord] = cell;
    this.pool.words[base + CELL_INSTANCE] = slot;
    this.pool.words[base + CELL_START] = startS;
    this.dueS = Math.min(this.dueS, this.#dueS(startS));
    return base;
  }

  #dueS(startS: number): number {
    return startS + this.intervalS + this.#latenessS;
  }
}
