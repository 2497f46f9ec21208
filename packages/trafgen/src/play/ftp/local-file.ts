import { closeSync, createReadStream, openSync, statSync, writeSync } from "node:fs";
import { playError } from "../play-errors.ts";
import type { ByteSource } from "./data-movement.ts";

/** What is uploaded. */
export interface LocalFile {
  readonly path: string;
  readonly bytes: number;
  /** Its content from the beginning, for one transfer. */
  content(): ByteSource;
}

const CHUNK_BYTES = 256 * 1024;

/** @throws {CodedError} TRAFGEN_FILE_MISSING */
export function openLocalFile(path: string): LocalFile {
  try {
    const { size, isFile } = fileFacts(path);
    if (!isFile) throw playError("TRAFGEN_FILE_MISSING", `cannot upload ${path}: it is no file`);
    return { path, bytes: size, content: () => createReadStream(path, { highWaterMark: CHUNK_BYTES }) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith("TRAFGEN_")) throw error;
    const words = code === "ENOENT" ? "there is no such file" : (code ?? (error as Error).message);
    throw playError("TRAFGEN_FILE_MISSING", `cannot upload ${path}: ${words}`, error);
  }
}

/**
 * Makes a file of that many bytes of no meaning, unless there is one.
 * @throws {CodedError} TRAFGEN_FILE_UNWRITABLE
 */
export function makeLocalFile(path: string, bytes: number): void {
  const chunk = Buffer.from(Array.from({ length: CHUNK_BYTES }, (_, i) => (i * 131 + (i >> 3)) & 0xff));
  try {
    const file = openSync(path, "wx", 0o644);
    try {
      for (let left = bytes; left > 0; ) left -= writeSync(file, chunk, 0, Math.min(left, CHUNK_BYTES));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // What is there already is used as it is.
    if (code !== "EEXIST") throw playError("TRAFGEN_FILE_UNWRITABLE", `cannot make ${path}: ${code ?? message}`, error);
  }
}

function fileFacts(path: string): { readonly size: number; readonly isFile: boolean } {
  const facts = statSync(path);
  return { size: facts.size, isFile: facts.isFile() };
}
