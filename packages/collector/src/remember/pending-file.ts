import { type FileHandle, open, readdir, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { collectorError } from "../errors.ts";
import { type CommittedFile, syncDirectory, whenMissing } from "./journal.ts";

/** A file longer than this is begun anew with what still waits, unless that alone is half as long. */
const REWRITE_BYTES = 8 << 20;

/**
 * Before each record, little-endian:
 *
 *     0       1      2          6                10
 *    +-------+------+----------+----------------+
 *    | owner | kind | length   | CRC-32 of all  |
 *    |       |      | of what  | but itself     |
 *    |       |      | follows  |                |
 *    +-------+------+----------+----------------+
 */
const HEAD_BYTES = 10;

/** One part of the collector that keeps something in the file. */
export interface PendingOwner {
  /** Everything that waits now, as records of a new file. */
  pending(): readonly PendingRecord[];
  /** Takes a record as it was committed; all in the order of their writing, when the collector starts. */
  restore(kind: number, payload: Buffer): void;
}

export interface PendingRecord {
  readonly kind: number;
  readonly payload: Uint8Array;
}

/**
 * What has been taken and acknowledged, but cannot stand in the logs yet: a file of records in the order of their
 * coming, under the same commit as the logs. A crash leaves both as of one commit, so what waits is neither lost nor
 * written twice.
 */
export class PendingFile {
  readonly #directory: string;
  readonly #prefix: string;
  readonly #epoch: string;
  readonly #owners = new Map<number, PendingOwner>();
  #serial = 0;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #name: string | null = null;
  #file: FileHandle | null = null;
  #committedBytes = 0;
  #rewriteAtBytes = REWRITE_BYTES;
  #torn = false;
  /** Files that no commit will name any more. */
  #stale: string[] = [];

  /** `epoch`: this life of the collector; part of the files' names, so that no name is used twice. */
  constructor(directory: string, collector: string, epoch: string) {
    this.#directory = directory;
    this.#prefix = `${collector}.pending.`;
    this.#epoch = epoch;
  }

  /** Gives an owner its number, which is never given to another. */
  register(number: number, owner: PendingOwner): void {
    this.#owners.set(number, owner);
  }

  /** Adds a record. It counts from the next commit on, and its effects on the logs with it. */
  append(owner: number, kind: number, ...parts: readonly Uint8Array[]): void {
    const record = recordOf(owner, kind, parts);
    this.#gathered.push(record);
    this.#gatheredBytes += record.length;
  }

  get isDirty(): boolean {
    return this.#gathered.length > 0;
  }

  /** Length that is on stable storage; null: there is no file. */
  get committed(): CommittedFile | null {
    return this.#name === null ? null : { name: this.#name, bytes: this.#committedBytes };
  }

  /**
   * Puts the file into the state of the last commit and gives its records to their owners. `committed`: what the journal
   * says; undefined: there is no journal, so the newest file counts as far as it is whole.
   * @returns false when the file that the journal names is gone
   * @throws {CodedError} COLLECTOR_PENDING_DAMAGED
   */
  async recover(committed: CommittedFile | null | undefined): Promise<boolean> {
    const found = (await readdir(this.#directory)).filter((name) => name.startsWith(this.#prefix)).sort();
    const name = committed === undefined ? (found.at(-1) ?? null) : (committed?.name ?? null);
    for (const each of found) if (each !== name) await rm(join(this.#directory, each));
    if (name === null) return true;
    const path = join(this.#directory, name);
    const bytes = await readFile(path).catch(whenMissing(null));
    if (bytes === null) return false;
    const records = wholeRecords(bytes, committed?.bytes ?? bytes.length);
    if (committed !== undefined && records.bytes !== committed?.bytes)
      throw collectorError("COLLECTOR_PENDING_DAMAGED", `cannot read ${path} beyond ${records.bytes} bytes`);
    for (const { owner, kind, payload } of records.all) this.#owners.get(owner)?.restore(kind, payload);
    await truncate(path, records.bytes);
    this.#name = name;
    this.#committedBytes = records.bytes;
    return true;
  }

  /** Takes what is gathered now to stable storage: behind the rest, or, when the file has grown long, in a new one. */
  async flush(): Promise<void> {
    const taken = this.#gathered;
    if (taken.length === 0) return;
    const isNew = this.#name === null || this.#committedBytes + this.#gatheredBytes > this.#rewriteAtBytes;
    // What waits now holds the effect of what is gathered; it must be taken before anything is waited for.
    const records = this.#name !== null && isNew ? this.#everything() : taken;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    try {
      if (isNew) await this.#begin(records);
      else await this.#extend(Buffer.concat(records));
    } catch (error) {
      this.#gathered = [...taken, ...this.#gathered];
      this.#gatheredBytes = this.#gathered.reduce((sum, { length }) => sum + length, 0);
      throw error;
    }
  }

  /** The journal has named the present file: earlier ones are not needed any more. */
  async forgetStale(): Promise<void> {
    for (const name of this.#stale.splice(0)) await rm(join(this.#directory, name), { force: true });
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  #everything(): Buffer[] {
    const owners = [...this.#owners];
    return owners.flatMap(([number, owner]) =>
      owner.pending().map(({ kind, payload }) => recordOf(number, kind, [payload])),
    );
  }

  async #begin(records: readonly Buffer[]): Promise<void> {
    const name = `${this.#prefix}${this.#epoch}.${String(++this.#serial).padStart(10, "0")}`;
    const path = join(this.#directory, name);
    const bytes = Buffer.concat(records);
    const file = await open(path, "w", 0o640);
    try {
      await file.writeFile(bytes);
      await file.datasync();
      await syncDirectory(this.#directory);
    } catch (error) {
      await file.close();
      await rm(path, { force: true }).catch(() => {});
      throw error;
    }
    await this.close();
    if (this.#name !== null) this.#stale.push(this.#name);
    this.#file = file;
    this.#name = name;
    this.#committedBytes = bytes.length;
    this.#rewriteAtBytes = Math.max(REWRITE_BYTES, 2 * bytes.length);
    this.#torn = false;
  }

  async #extend(bytes: Buffer): Promise<void> {
    this.#file ??= await open(join(this.#directory, this.#name!), "r+", 0o640);
    if (this.#torn) await this.#file.truncate(this.#committedBytes);
    this.#torn = true;
    for (let done = 0; done < bytes.length; ) {
      const at = this.#committedBytes + done;
      done += (await this.#file.write(bytes, done, bytes.length - done, at)).bytesWritten;
    }
    await this.#file.datasync();
    this.#torn = false;
    this.#committedBytes += bytes.length;
  }
}

function recordOf(owner: number, kind: number, parts: readonly Uint8Array[]): Buffer {
  const record = Buffer.concat([Buffer.alloc(HEAD_BYTES), ...parts]);
  record[0] = owner;
  record[1] = kind;
  record.writeUInt32LE(record.length - HEAD_BYTES, 2);
  record.writeUInt32LE(checkOf(record), 6);
  return record;
}

function checkOf(record: Buffer): number {
  return crc32(record.subarray(HEAD_BYTES), crc32(record.subarray(0, 6)));
}

interface ReadRecord extends PendingRecord {
  readonly owner: number;
  readonly payload: Buffer;
}

/** The records of a file up to the first that is not whole, and where they end. */
function wholeRecords(bytes: Buffer, until: number): { all: readonly ReadRecord[]; bytes: number } {
  const all: ReadRecord[] = [];
  let at = 0;
  while (at + HEAD_BYTES <= Math.min(until, bytes.length)) {
    const end = at + HEAD_BYTES + bytes.readUInt32LE(at + 2);
    if (end > Math.min(until, bytes.length)) break;
    const record = bytes.subarray(at, end);
    if (checkOf(record) !== record.readUInt32LE(6)) break;
    all.push({ owner: record[0]!, kind: record[1]!, payload: record.subarray(HEAD_BYTES) });
    at = end;
  }
  return { all, bytes: at };
}
