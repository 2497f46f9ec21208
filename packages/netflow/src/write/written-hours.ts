import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { netflowError } from "../errors.ts";

/** What was written of an exporter's hour. */
export interface WrittenFile {
  readonly name: string;
  /** Of the content, hexadecimal. */
  readonly sha256: string;
  readonly records: number;
}

interface WrittenHour {
  /** Whether all flows of the hour could be read when it was written. */
  isComplete: boolean;
  /** Milliseconds since the epoch. */
  writtenMs: number;
  /** By the exporter's address. */
  files: Record<string, WrittenFile>;
}

/** After that an hour is written again if asked for, and the loader takes it for the same. */
const KEEP_MS = 40 * 86_400_000;

/**
 * What was written hour by hour: so that a second run writes nothing, and that hours which were not over for their longest
 * flows are looked at again. A JSON file in the folder of the logs.
 */
export class WrittenHours {
  readonly #path: string;
  readonly #hours: Map<number, WrittenHour>;

  private constructor(path: string, hours: Map<number, WrittenHour>) {
    this.#path = path;
    this.#hours = hours;
  }

  /** @throws {CodedError} NETFLOW_STATE_UNREADABLE */
  static read(path: string): WrittenHours {
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return new WrittenHours(path, new Map());
      throw netflowError("NETFLOW_STATE_UNREADABLE", `cannot read ${path}: ${(cause as Error).message}`, cause);
    }
    try {
      const { hours } = JSON.parse(text) as { hours: Record<string, WrittenHour> };
      return new WrittenHours(path, new Map(Object.entries(hours).map(([hour, each]) => [Number(hour), each])));
    } catch (cause) {
      throw netflowError("NETFLOW_STATE_UNREADABLE", `cannot read ${path}: it is damaged`, cause);
    }
  }

  fileOf(hour: number, exporter: string): WrittenFile | null {
    return this.#hours.get(hour)?.files[exporter] ?? null;
  }

  /** Hours that were written before their last flows could have been exported, in order. */
  get incomplete(): number[] {
    return [...this.#hours]
      .filter(([, each]) => !each.isComplete)
      .map(([hour]) => hour)
      .sort((a, b) => a - b);
  }

  noteFile(hour: number, exporter: string, file: WrittenFile, nowMs: number): void {
    const entry = this.#entry(hour, nowMs);
    entry.files[exporter] = file;
  }

  noteHour(hour: number, isComplete: boolean, nowMs: number): void {
    const entry = this.#entry(hour, nowMs);
    entry.isComplete = isComplete;
    entry.writtenMs = nowMs;
  }

  #entry(hour: number, nowMs: number): WrittenHour {
    let entry = this.#hours.get(hour);
    if (entry === undefined) {
      entry = { isComplete: false, writtenMs: nowMs, files: {} };
      this.#hours.set(hour, entry);
    }
    return entry;
  }

  /** Writes the file anew, at once or not at all. */
  save(nowMs: number): void {
    for (const [hour, each] of this.#hours) {
      if (each.isComplete && each.writtenMs < nowMs - KEEP_MS) this.#hours.delete(hour);
    }
    const hours = Object.fromEntries([...this.#hours].sort(([a], [b]) => a - b));
    writeFileSync(`${this.#path}.part`, `${JSON.stringify({ version: 1, hours })}\n`, { flush: true });
    renameSync(`${this.#path}.part`, this.#path);
  }
}
