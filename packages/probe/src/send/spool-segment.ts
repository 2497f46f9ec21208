import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { MalformedError } from "@trafmon/observation";
import { type OutgoingPdu, outgoingPdu } from "./outgoing-pdu.ts";

/** Before each PDU in a file: its length and the CRC-32 of its bytes, 4 bytes each. */
const ENTRY_HEAD_BYTES = 8;

/** How much of a segment has been let go for want of room. */
export type Thinned = "whole" | "without counters" | "definitions only";

/**
 * A file of consecutive PDUs of one run. The newest one is kept in memory as well; the others are read when somebody
 * needs them.
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

  constructor(path: string, firstSequence: number) {
    this.path = path;
    this.firstSequence = firstSequence;
    this.nextSequence = firstSequence;
  }

  /**
   * Reads what an earlier process left. A last entry that was not written whole never left that process: it is cut off.
   */
  static recover(path: string): SpoolSegment | null {
    const { pdus, bytes } = readEntries(readFileSync(path));
    const first = pdus[0];
    if (first === undefined) return null;
    const segment = new SpoolSegment(path, first.sequence);
    segment.nextSequence = nextAfter(pdus);
    segment.bytes = bytes;
    segment.#pdus = null;
    return segment;
  }

  append(pdu: OutgoingPdu): void {
    this.#pdus?.push(pdu);
    this.#unwritten.push(entryHead(pdu.bytes), pdu.bytes);
    this.bytes += ENTRY_HEAD_BYTES + pdu.bytes.length;
    this.nextSequence = pdu.sequence + pdu.span;
  }

  /**
   * Writes what was appended since; it survives this process from then on. False when the disk does not take it: it
   * stays in memory, and the next call tries again at the same place.
   */
  flush(): boolean {
    if (this.#unwritten.length > 0) {
      const chunk = Buffer.concat(this.#unwritten);
      try {
        this.#fd ??= openSync(this.path, "w", 0o640);
        const start = this.bytes - chunk.length;
        for (let at = 0; at < chunk.length; ) {
          at += writeSync(this.#fd, chunk, at, chunk.length - at, start + at);
        }
      } catch {
        return false;
      }
      this.#unwritten = [];
    }
    if (this.#isClosed) this.#letGo();
    return true;
  }

  /** No more will be appended: the file is enough as soon as everything is in it. */
  close(): boolean {
    this.#isClosed = true;
    return this.flush();
  }

  #letGo(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
    this.#pdus = null;
  }

  pdus(): readonly OutgoingPdu[] {
    return this.#pdus ?? readEntries(readFileSync(this.path)).pdus;
  }

  /** Puts other PDUs, which stand for the same sequences, in place of these. Only for what is wholly in its file. */
  rewrite(pdus: readonly OutgoingPdu[], thinned: Thinned): void {
    const chunks = pdus.flatMap((pdu) => [entryHead(pdu.bytes), pdu.bytes]);
    const chunk = Buffer.concat(chunks);
    const fd = openSync(`${this.path}.new`, "w", 0o640);
    for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
    closeSync(fd);
    renameSync(`${this.path}.new`, this.path);
    this.bytes = chunk.length;
    this.thinned = thinned;
  }

  /** Closed and wholly in its file. */
  get isOnDisk(): boolean {
    return this.#pdus === null;
  }

  remove(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
    this.#unwritten = [];
    rmSync(this.path, { force: true });
  }
}

function entryHead(bytes: Buffer): Buffer {
  const head = Buffer.allocUnsafe(ENTRY_HEAD_BYTES);
  head.writeUInt32BE(bytes.length, 0);
  head.writeUInt32BE(crc32(bytes), 4);
  return head;
}

function nextAfter(pdus: readonly OutgoingPdu[]): number {
  const last = pdus.at(-1)!;
  return last.sequence + last.span;
}

/** The whole entries of a file, up to the first broken one, and their length. */
function readEntries(file: Buffer): { pdus: OutgoingPdu[]; bytes: number } {
  const pdus: OutgoingPdu[] = [];
  let at = 0;
  while (at + ENTRY_HEAD_BYTES <= file.length) {
    const start = at + ENTRY_HEAD_BYTES;
    const end = start + file.readUInt32BE(at);
    if (end > file.length) break;
    const bytes = file.subarray(start, end);
    if (crc32(bytes) !== file.readUInt32BE(at + 4)) break;
    try {
      const pdu = outgoingPdu(bytes);
      if (pdus.length > 0 && pdu.sequence !== nextAfter(pdus)) break;
      pdus.push(pdu);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      break;
    }
    at = end;
  }
  return { pdus, bytes: at };
}
