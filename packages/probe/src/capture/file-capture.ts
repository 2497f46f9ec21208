import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { type CaptureFault, type FrameReader, openCapture, openCapturePipe } from "@trafmon/packet";
import { probeError } from "../errors.ts";
import type { CaptureSource, InterfaceDrops } from "./capture-source.ts";
import type { ReplayFile } from "./replay-files.ts";
import type { ReplayFilters } from "./replay-filters.ts";

/** A capture file that could not be read to its end. */
export interface FileFault {
  readonly path: string;
  readonly fault: CaptureFault;
  /** Where, in the decompressed file. */
  readonly offset: number;
}

/** A file whose turn has not come. Only its first instant is known; it is open only if it cannot be opened twice. */
interface WaitingFile {
  readonly file: ReplayFile;
  /** Place on the command line: decides between equal instants. */
  readonly order: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly reader: FrameReader | null;
}

/** A file being read. Its reader stands at the frame to be given next. */
interface OpenFile {
  readonly file: ReplayFile;
  readonly order: number;
  readonly reader: FrameReader;
  /** Frames read so far. */
  frames: number;
}

interface Instant {
  readonly seconds: number;
  readonly nanos: number;
}

/** File descriptor. */
const STANDARD_INPUT = 0;

const NEVER: Instant = { seconds: Number.POSITIVE_INFINITY, nanos: 0 };

/**
 * Capture files, merged by the instants of their frames; each by itself is read in the order it was written. A file is
 * opened when its first frame is due, so that any number of files that follow each other takes the memory of one.
 */
export class FileCapture implements CaptureSource {
  bytes: Uint8Array = new Uint8Array(0);
  offset = 0;
  capturedBytes = 0;
  wireBytes = 0;
  linkType = 0;
  interfaceNumber = 0;
  seconds = 0;
  nanos = 0;
  isBadTime = false;
  /** What could not be read, so far. */
  readonly faults: FileFault[] = [];
  /** Number of the current frame in its file, from 1, as packet analysers number them. */
  frameNumber = 0;
  /** The file of the current frame. */
  path = "";
  readonly #files: readonly ReplayFile[];
  readonly #filters: ReplayFilters | null;
  /** By first instant. */
  readonly #waiting: WaitingFile[] = [];
  readonly #open: OpenFile[] = [];
  /** The file of the current frame. */
  #current: OpenFile | null = null;
  /** Whether `#current` already stands at its next frame. */
  #isAhead = false;
  /** Up to this instant no other file has anything to say. */
  #aloneUntil: Instant = NEVER;

  /** `filters`: what leaves frames out; null: nothing does. */
  constructor(files: readonly ReplayFile[], filters: ReplayFilters | null = null) {
    this.#files = files;
    this.#filters = filters;
  }

  /** Looks into every file. @throws {CodedError} PROBE_CAPTURE_FILE_UNREADABLE */
  async open(): Promise<void> {
    for (const [order, file] of this.#files.entries()) {
      const reader = await openFile(file);
      if (!(await hasNext(reader))) {
        await this.#finish(file, reader);
        continue;
      }
      const { seconds, nanos } = reader.time;
      const canReopen = file.path !== "-" && (await stat(file.path)).isFile();
      if (canReopen) await reader.close();
      this.#waiting.push({ file, order, seconds, nanos, reader: canReopen ? null : reader });
    }
    this.#waiting.sort((a, b) => a.seconds - b.seconds || a.nanos - b.nanos || a.order - b.order);
  }

  next(): boolean {
    const filters = this.#filters;
    if (filters === null) return this.#step();
    while (this.#step()) if (filters.passes(this)) return true;
    return false;
  }

  async fill(): Promise<boolean> {
    const current = this.#current;
    if (current !== null && !this.#isAhead) {
      this.#isAhead = await hasNext(current.reader);
      if (!this.#isAhead) {
        this.#open.splice(this.#open.indexOf(current), 1);
        await this.#finish(current.file, current.reader);
        this.#current = null;
      }
    }
    // Opens the files that are due, until no waiting one is earlier than all that are open.
    while (this.#waiting.length > 0) {
      const first = this.#waiting[0]!;
      if (this.#open.some(({ reader, order }) => precedes(reader.time, order, first, first.order))) break;
      this.#waiting.shift();
      const reader = first.reader ?? (await openFile(first.file));
      if (first.reader !== null || (await hasNext(reader))) {
        this.#open.push({ file: first.file, order: first.order, reader, frames: 0 });
      } else {
        await this.#finish(first.file, reader);
      }
    }
    if (this.#open.length === 0) return false;
    this.#isAhead = true;
    this.#chooseAmongOpen();
    return true;
  }

  takeDrops(): readonly InterfaceDrops[] {
    return [];
  }

  async close(): Promise<void> {
    for (const { reader } of this.#open.splice(0)) await reader.close();
    for (const { reader } of this.#waiting.splice(0)) await reader?.close();
    this.#current = null;
  }

  /** Moves on to the next frame in memory, whether it is let through or not. */
  #step(): boolean {
    const current = this.#current;
    if (current === null) return false;
    if (!this.#isAhead && !current.reader.next()) return false;
    this.#isAhead = false;
    const { time } = current.reader;
    const until = this.#aloneUntil;
    if (time.seconds > until.seconds || (time.seconds === until.seconds && time.nanos >= until.nanos)) {
      // Another file may be first now; `fill` finds out.
      this.#isAhead = true;
      if (!this.#chooseAmongOpen()) return false;
      this.#isAhead = false;
    }
    this.#show(this.#current!);
    return true;
  }

  /**
   * Makes the open file with the earliest frame the current one, and finds until when it stays that. False when a
   * waiting file is due before it. All open files must stand at their next frame.
   */
  #chooseAmongOpen(): boolean {
    let best = this.#open[0]!;
    for (const each of this.#open) {
      if (precedes(each.reader.time, each.order, best.reader.time, best.order)) best = each;
    }
    this.#current = best;
    let until: Instant = NEVER;
    for (const each of this.#open) {
      if (each !== best && isEarlier(each.reader.time, until)) {
        until = { seconds: each.reader.time.seconds, nanos: each.reader.time.nanos };
      }
    }
    const first = this.#waiting[0];
    if (first !== undefined && isEarlier(first, until)) until = first;
    this.#aloneUntil = until;
    return first === undefined || precedes(best.reader.time, best.order, first, first.order);
  }

  #show(from: OpenFile): void {
    const { reader } = from;
    this.frameNumber = ++from.frames;
    this.path = from.file.path;
    this.bytes = reader.bytes;
    this.offset = reader.offset;
    this.capturedBytes = reader.capturedBytes;
    this.wireBytes = reader.wireBytes;
    this.linkType = reader.linkType;
    this.interfaceNumber = from.file.interfaceNumber;
    this.seconds = reader.time.seconds;
    this.nanos = reader.time.nanos;
    this.isBadTime = reader.time.isBad;
  }

  async #finish(file: ReplayFile, reader: FrameReader): Promise<void> {
    await reader.close();
    if (reader.fault === null) return;
    this.faults.push({ path: file.path, fault: reader.fault, offset: reader.faultOffset });
  }
}

/** Steps to the next frame, reading on as far as needed. */
async function hasNext(reader: FrameReader): Promise<boolean> {
  do if (reader.next()) return true;
  while (await reader.fill());
  return false;
}

async function openFile(file: ReplayFile): Promise<FrameReader> {
  // Not process.stdin, which in a worker thread is empty.
  if (file.path === "-") return openCapturePipe(createReadStream("", { fd: STANDARD_INPUT, autoClose: false }));
  try {
    return await openCapture(file.path);
  } catch (error) {
    throw probeError("PROBE_CAPTURE_FILE_UNREADABLE", `cannot read ${file.path}: ${reasonOf(error)}`, error);
  }
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

function isEarlier(a: Instant, b: Instant): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanos < b.nanos);
}

function precedes(a: Instant, aOrder: number, b: Instant, bOrder: number): boolean {
  return isEarlier(a, b) || (!isEarlier(b, a) && aOrder < bOrder);
}
