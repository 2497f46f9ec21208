import { closeSync, openSync, renameSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import type { OutgoingPdu } from "./outgoing-pdu.ts";
import { unreadablePath } from "./run-folder.ts";
import { ENTRY_HEAD_BYTES, entryHead, readEntries, readUnlessLost, replaceFile, writeAll } from "./spool-file.ts";
import { fillHoles } from "./spool-holes.ts";

const NOTHING = Buffer.alloc(0);

/** How much of a segment has been let go for want of room. */
export type Thinned = "whole" | "without counters" | "definitions only";

/**
 * A file of consecutive PDUs of one run. Until it is closed and wholly in its file (where `sync` is relied on: and on
 * stable storage) it is kept in memory as well; then it is read when somebody needs it.
 */
export class SpoolSegment {
  readonly path: string;
  readonly firstSequence: number;
  /** First sequence after it. */
  nextSequence: number;
  /** Length of the file, what is not written yet included. */
  bytes = 0;
  thinned: Thinned = "whole";
  #pdus: OutgoingPdu[] | null = [];
  #unwritten: Buffer[] = [];
  #fd: number | null = null;
  #isClosed = false;
  /** The file holds something that may not survive the machine. */
  #isUnsynced = false;
  #isSyncing = false;
  /**
   * The file is not to be trusted, or holds what was let go since: it stays as it is until another that holds everything
   * can take its place.
   */
  #isOutdated = false;
  /** There is a file of this name. */
  #hasFile = false;
  #isRemoved = false;
  /** The disk did not give it when it was recovered. */
  #isUnreadable = false;
  readonly #isSyncRelied: boolean;
  /** Sequences that could not be read, as far as they were told. */
  #unreadable = 0;

  /** `isSyncRelied`: somebody acts on `sync`, so a failure of it must be made good. */
  constructor(path: string, firstSequence: number, isSyncRelied: boolean) {
    this.path = path;
    this.#isSyncRelied = isSyncRelied;
    this.firstSequence = firstSequence;
    this.nextSequence = firstSequence;
  }

  /**
   * A file that an earlier process left. It ends where the next file begins, or, if it is the last, with what it holds. Of
   * one that the disk does not give any more nothing is left.
   * @throws what the file system says when it cannot be read now, but may be later
   */
  static recover(path: string, firstSequence: number, nextFile: number | null, isSyncRelied: boolean): SpoolSegment {
    const read = readUnlessLost(path);
    const file = read ?? NOTHING;
    const segment = new SpoolSegment(path, firstSequence, isSyncRelied);
    segment.#hasFile = true;
    segment.#isUnreadable = read === null;
    const last = readEntries(file).at(-1);
    segment.nextSequence = nextFile ?? (last === undefined ? firstSequence : last.sequence + last.span);
    segment.bytes = file.length;
    segment.#pdus = null;
    // Written is not yet safe: the process may have died in between.
    segment.#isUnsynced = true;
    return segment;
  }

  append(pdu: OutgoingPdu): void {
    this.#pdus?.push(pdu);
    this.#unwritten.push(entryHead(pdu.bytes), pdu.bytes);
    this.bytes += ENTRY_HEAD_BYTES + pdu.bytes.length;
    this.nextSequence = pdu.sequence + pdu.span;
  }

  /**
   * Writes what was appended since; it survives this process from then on. What the disk does not take stays in memory,
   * and the next call tries again at the same place.
   * @throws what the file system says
   */
  flush(): void {
    if (this.#isOutdated) this.#replace();
    if (this.#unwritten.length > 0) {
      const chunk = Buffer.concat(this.#unwritten);
      this.#fd ??= openSync(this.path, this.#hasFile ? "r+" : "w", 0o640);
      this.#hasFile = true;
      this.#isUnsynced = true;
      writeAll(this.#fd, chunk, this.bytes - chunk.length);
      this.#unwritten = [];
    }
    this.#letGoIfSafe();
  }

  get hasUnwritten(): boolean {
    return this.#unwritten.length > 0 || this.#isOutdated;
  }

  /**
   * Takes what is in the file to stable storage; false: that was done before.
   * @throws what the file system says
   */
  async sync(): Promise<boolean> {
    if (!this.#isUnsynced) return false;
    // What is written meanwhile is for the next time.
    this.#isUnsynced = false;
    this.#isSyncing = true;
    try {
      const file = await open(this.path, "r");
      await file.datasync().finally(() => file.close());
    } catch (error) {
      // It may have been acknowledged meanwhile, and be gone.
      if (this.#isRemoved) return true;
      // The kernel may have dropped what it could not write, and says so once only: all must be written again.
      this.#isOutdated = true;
      throw error;
    } finally {
      this.#isSyncing = false;
    }
    this.#letGoIfSafe();
    return true;
  }

  /** No more will be appended: the file is enough as soon as everything is in it. */
  close(): void {
    this.#isClosed = true;
  }

  #letGoIfSafe(): void {
    if (!this.#isClosed || this.hasUnwritten) return;
    if (this.#isSyncRelied && (this.#isUnsynced || this.#isSyncing)) return;
    this.#closeFile();
    this.#pdus = null;
  }

  /**
   * What was let go of memory is taken from the file, as the kernel still gives it.
   * @throws what the file system says
   */
  #replace(): void {
    const chunks = this.#pdus?.flatMap((pdu) => [entryHead(pdu.bytes), pdu.bytes]);
    replaceFile(this.path, chunks === undefined ? (readUnlessLost(this.path) ?? NOTHING) : Buffer.concat(chunks));
    this.#closeFile();
    this.#hasFile = true;
    this.#unwritten = [];
    this.#isOutdated = false;
    // Its name may not survive the machine.
    this.#isUnsynced = true;
  }

  /**
   * The PDUs, of all its sequences: a gap notice stands for those that cannot be read any more, and `onLost` is told
   * how many these are, once.
   * @throws what the file system says when the file cannot be read now, but may be later
   */
  pdus(maxBodyBytes: number, onLost: (sequences: number) => void): readonly OutgoingPdu[] {
    if (this.#pdus !== null) return this.#pdus;
    const read = readEntries(readUnlessLost(this.path) ?? NOTHING);
    const unreadable = this.nextSequence - this.firstSequence - read.reduce((sum, pdu) => sum + pdu.span, 0);
    if (unreadable > this.#unreadable) onLost(unreadable - this.#unreadable);
    this.#unreadable = Math.max(unreadable, this.#unreadable);
    return fillHoles(read, this.firstSequence, this.nextSequence, maxBodyBytes);
  }

  /**
   * Puts other PDUs, which stand for the same sequences, in place of these. Only after `close`. Of those that are not
   * wholly in the file, what is there stays until `flush` has put these in its place: else a crash between would lose it.
   * @throws what the file system says; then it is as it was
   */
  rewrite(pdus: readonly OutgoingPdu[], thinned: Thinned): void {
    const chunks = pdus.flatMap((pdu) => [entryHead(pdu.bytes), pdu.bytes]);
    const chunk = Buffer.concat(chunks);
    if (this.#pdus !== null) {
      this.#pdus = [...pdus];
      this.#unwritten = this.#hasFile ? [] : chunks;
      this.#isOutdated = this.#hasFile;
    } else {
      this.#isUnsynced = true;
      replaceFile(this.path, chunk);
    }
    this.bytes = chunk.length;
    this.thinned = thinned;
  }

  /**
   * Leaves these first PDUs of a segment that was recovered.
   * @throws what the file system says
   */
  cut(pdus: readonly OutgoingPdu[]): void {
    this.rewrite(pdus, this.thinned);
    const last = pdus.at(-1)!;
    this.nextSequence = last.sequence + last.span;
  }

  /** Closed and wholly in its file. */
  get isOnDisk(): boolean {
    return this.#pdus === null;
  }

  /** @throws what the file system says */
  remove(): void {
    this.#isRemoved = true;
    this.#isOutdated = false;
    this.#unwritten = [];
    this.#closeFile();
    rmSync(this.path, { force: true });
  }

  /** The disk does not give what is in the file. */
  get isUnreadable(): boolean {
    return this.#isUnreadable;
  }

  /**
   * Leaves its name to another: the file is kept for whoever can read it. What there is to tell of it.
   * @throws what the file system says
   */
  setAside(): Error {
    const aside = unreadablePath(this.path);
    renameSync(this.path, aside);
    return new Error(`the disk does not give the end of a run any more, it is kept as ${aside}`);
  }

  /** Leaves the file as it is. */
  abandon(): void {
    this.#closeFile();
  }

  #closeFile(): void {
    const fd = this.#fd;
    this.#fd = null;
    if (fd !== null) closeSync(fd);
  }
}
