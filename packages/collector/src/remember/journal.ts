import { type FileHandle, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { collectorError } from "../errors.ts";

/** Once the journal is this long, and twice as long as it began, it is replaced by one line that says the same. */
const COMPACT_BYTES = 4 << 20;

/** Name and committed length of a log file. */
export interface CommittedFile {
  readonly name: string;
  readonly bytes: number;
}

/** What a probe run has brought: everything up to `through` is in the logs. */
export interface CommittedStream {
  readonly probe: string;
  /** 16 hexadecimal digits. */
  readonly run: string;
  /** Every PDU up to and with this sequence number is in the logs. */
  readonly through: number;
  /** Flow ids whose description is in the logs: pairs of first and last id, rising. */
  readonly flows: readonly number[];
  /** When something of it was taken last, seconds since the epoch. */
  readonly takenS: number;
  /** The collector's running time then; absent in a journal of before it was kept: 0. */
  readonly takenRanS?: number;
  /** The probe has said that nothing comes after it; absent: it has not. */
  readonly hasEnded?: boolean;
}

/**
 * All that the collector must not forget, as of one commit. In a line of the journal `streams` are those that changed
 * since the line before; the others stand as they were.
 */
export interface CommittedState {
  /** Files being written, `.part` in the folder. */
  readonly open: readonly CommittedFile[];
  /** Files being given their final name: a missing `.part` has been renamed, and may be gone to the loader. */
  readonly closing: readonly CommittedFile[];
  readonly streams: readonly CommittedStream[];
  /** Seconds that the collector had run (RunningTime); absent in a journal of before they were counted: 0. */
  readonly ranS?: number;
  /** What waits to be written; null or absent: no such file. */
  readonly pending?: CommittedFile | null;
}

export const NOTHING_COMMITTED: CommittedState = { open: [], closing: [], streams: [] };

/**
 * A file of changes, newest last: one line each, `<crc32 of the JSON, 8 hexadecimal digits> <JSON>`. A crash can only
 * spoil the last line, which then does not count: nothing was acknowledged on its strength.
 */
export class Journal {
  readonly #path: string;
  #file: FileHandle | null = null;
  #bytes = 0;
  #compactAtBytes = COMPACT_BYTES;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The last state that was written whole, or null where there is no journal. `replace` comes before `append`.
   * @throws {CodedError} COLLECTOR_JOURNAL_DAMAGED when a line before the last is spoilt: that is no crash
   */
  async read(): Promise<CommittedState | null> {
    const text = await readFile(this.#path, "utf8").catch(whenMissing(null));
    return text === null ? null : lastState(text, this.#path);
  }

  /**
   * Returns once the state is on stable storage. After a failure the journal is written anew, so it may be tried again.
   * `whole` gives the state with all streams, for a new journal.
   */
  async append(state: CommittedState, whole: () => CommittedState): Promise<void> {
    if (this.#file === null || this.#bytes > this.#compactAtBytes) return this.replace(whole());
    const line = lineOf(state);
    try {
      await this.#file.appendFile(line);
      await this.#file.datasync();
      this.#bytes += Buffer.byteLength(line);
    } catch (error) {
      // Half a line may be there: nothing can follow it.
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close().catch(() => {});
  }

  /** Begins the journal anew with this state. The old one stays good until the new one is. */
  async replace(state: CommittedState): Promise<void> {
    await this.close();
    const line = lineOf(state);
    const fresh = `${this.#path}.new`;
    const file = await open(fresh, "w", 0o640);
    try {
      await file.appendFile(line);
      await file.sync();
      await rename(fresh, this.#path);
      await syncDirectory(dirname(this.#path));
    } catch (error) {
      await file.close();
      throw error;
    }
    this.#file = file;
    this.#bytes = Buffer.byteLength(line);
    this.#compactAtBytes = Math.max(COMPACT_BYTES, 2 * this.#bytes);
  }
}

/** Makes renames and new names in a folder permanent. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(join(path, "."), "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** For `catch`: this value where there is no such file, the error otherwise. */
export function whenMissing<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === "ENOENT") return value;
    throw error;
  };
}

function lineOf(state: CommittedState): string {
  const json = JSON.stringify(state);
  return `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`;
}

function lastState(text: string, path: string): CommittedState {
  const lines = text.split("\n");
  // After a whole line split leaves an empty rest; else the rest is what a crash cut off.
  lines.pop();
  let state: CommittedState | null = null;
  const streams = new Map<string, CommittedStream>();
  lines.forEach((line, index) => {
    const json = line.slice(9);
    if (line.slice(0, 8) === crc32(json).toString(16).padStart(8, "0")) {
      state = JSON.parse(json) as CommittedState;
      for (const stream of state.streams) streams.set(`${stream.run} ${stream.probe}`, stream);
    } else if (index < lines.length - 1)
      throw collectorError("COLLECTOR_JOURNAL_DAMAGED", `cannot read ${path}: line ${index + 1} is spoilt`);
  });
  // The first line was safe before the file had its name: that it is spoilt is no crash either.
  if (state === null) throw collectorError("COLLECTOR_JOURNAL_DAMAGED", `cannot read ${path}: no line of it is whole`);
  return { ...(state as CommittedState), streams: [...streams.values()] };
}
