import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { MalformedError } from "@trafmon/observation";
import { type OutgoingPdu, outgoingPdu } from "./outgoing-pdu.ts";

/** Before each PDU in a file: its length and the CRC-32 of its bytes, 4 bytes each. */
export const ENTRY_HEAD_BYTES = 8;

/**
 * Puts a file of these bytes in the place of one of the same name, which stays until the new one is whole.
 * @throws what the file system says
 */
export function replaceFile(path: string, chunk: Buffer): void {
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

/** @throws what the file system says; then a part of it may be written */
export function writeAll(fd: number, chunk: Buffer, position: number): void {
  for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at, chunk.length - at, position + at);
}

/**
 * Null for a file that is gone, or that the disk cannot give any more; too many open files, say, pass.
 * @throws what the file system says when it cannot be read now, but may be later
 */
export function readUnlessLost(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EIO") throw error;
    return null;
  }
}

/** What stands before a PDU in a file. */
export function entryHead(bytes: Buffer): Buffer {
  const head = Buffer.allocUnsafe(ENTRY_HEAD_BYTES);
  head.writeUInt32BE(bytes.length, 0);
  head.writeUInt32BE(crc32(bytes), 4);
  return head;
}

/** The good entries of a file, rising; broken ones are left out, and what follows a broken length. */
export function readEntries(file: Buffer): OutgoingPdu[] {
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
