import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { MalformedError } from "@trafmon/observation";
import { type OutgoingPdu, outgoingPdu } from "./outgoing-pdu.ts";
import { fillHoles } from "./spool-holes.ts";

/** Before each PDU in a file: its length and the CRC-32 of its bytes, 4 bytes each. */
const ENTRY_HEAD_BYTES = 8;

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

  /** A file that an earlier process left. It ends where the next file begins, or, if it is the last, with what it holds. */
  static recover(path: string, firstSequence: number, nextFile: number | null, isSyncRelied: boolean): SpoolSegment {
    const file = readFileSync(path);
    const segment = new SpoolSegment(path, firstSequence, isSyncRelied);
    segment.#hasFile = true;
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
    replaceFile(this.path, chunks === undefined ? readUnlessLost(this.path) : Buffer.concat(chunks));
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
    const read = readEntries(readUnlessLost(this.path));
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

function replaceFile(path: string, chunk: Buffer): void {
  const fresh = `${path}.new`;
  try {
    const fd = openSync(fresh, "w", 0o640);
    try {
      writeAll(fd, chunk, 0);
      // Else the name could survive the machine, and what it stands for not.
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(fresh, path);
  } catch (error) {
    // A full disk needs its room most of all.
    rmSync(fresh, { force: true });
    throw error;
  }
}

function writeAll(fd: number, chunk: Buffer, position: number): void {
  for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at, chunk.length - at, position + at);
}

/** Of a file that is gone, or that the disk cannot give any more, nothing is left; too many open files, say, pass. */
function readUnlessLost(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EIO") throw error;
    return Buffer.alloc(0);
  }
}

function entryHead(bytes: Buffer): Buffer {
  const head = Buffer.allocUnsafe(ENTRY_HEAD_BYTES);
  head.writeUInt32BE(bytes.length, 0);
  head.writeUInt32BE(crc32(bytes), 4);
  return head;
}

/** The good entries of a file, rising; broken ones are left out, and what follows a broken length. */
function readEntries(file: Buffer): OutgoingPdu[] {
  const pdus: OutgoingPdu[] = [];
  let next = 0;
  for (let at = 0; at + ENTRY_HEAD_BYTES <= file.length; ) {
    const start = at + ENTRY_HEAD_BYTES;
    const end = start + file.readUInt32BE(at);
    if (end > file.length) break;
    const pdu = readEntry(file.subarray(start, end), file.readUInt32BE(at + 4));
    if (pdu !== null && pdu.sequence >= next) {
      pdus.push(pdu);
      next = pdu.sequence + pdu.span;
    }
    at = end;
  }
  return pdus;
}

function readEntry(bytes: Buffer, crc: number): OutgoingPdu | null {
  if (crc32(bytes) !== crc) return null;
  try {
    return outgoingPdu(bytes);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return null;
  }
}
