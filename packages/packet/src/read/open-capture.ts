import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { type ByteSource, FileBytes, PipeBytes, RewoundBytes } from "./byte-source.ts";
import type { CaptureFault } from "./capture-fault.ts";
import { DecompressedBytes, decompressorFor } from "./compressed-bytes.ts";
import { EmptyReader, type FrameReader } from "./frame-reader.ts";
import { PcapReader, pcapByteOrder, pcapHeaderBytes } from "./pcap-reader.ts";
import { isPcapng, PcapngReader } from "./pcapng-reader.ts";
import { ReadWindow } from "./read-window.ts";

/**
 * Opens a capture file: pcap or pcapng, plain, gzip or (from Node 22.15 on) zstd, recognised by its first bytes.
 * A file that is no capture gives a reader without frames, whose `fault` says why.
 *
 * @throws {NodeJS.ErrnoException} when the file cannot be opened
 */
export async function openCapture(path: string): Promise<FrameReader> {
  const file = await open(path, "r");
  const isRegular = (await file.stat()).isFile();
  const bytes = new FileBytes(file, isRegular);
  const head = await readHead(bytes, 4);
  if (!isRegular) return readCapture(head, new RewoundBytes(head, bytes));
  bytes.rewind();
  return readCapture(head, bytes);
}

/** The same for a pipe, as standard input may be. */
export async function openCapturePipe(pipe: Readable): Promise<FrameReader> {
  const bytes = new PipeBytes(pipe);
  const head = await readHead(bytes, 4);
  return readCapture(head, new RewoundBytes(head, bytes));
}

/** Reads a capture that begins with `head`, which `raw` gives again. */
async function readCapture(head: Uint8Array, raw: ByteSource): Promise<FrameReader> {
  const decompressor = decompressorFor(head);
  const unsupported = decompressor === "unsupported";
  const source = decompressor === null || unsupported ? raw : new DecompressedBytes(raw, decompressor());
  const window = new ReadWindow(source);
  if (unsupported) return new EmptyReader(window, "compression_unsupported");
  if (!(await reach(window, 4))) return new EmptyReader(window, endOf(window, "format_unknown"));
  if (isPcapng(window.view, window.position)) return new PcapngReader(window);
  const littleEndian = pcapByteOrder(window.view, window.position);
  if (littleEndian === null) return new EmptyReader(window, "format_unknown");
  const headerBytes = pcapHeaderBytes(window.view, window.position, littleEndian);
  if (!(await reach(window, headerBytes))) return new EmptyReader(window, endOf(window, "header_cut"));
  return new PcapReader(window, littleEndian);
}

/** Up to `count` bytes from the start. */
async function readHead(bytes: ByteSource, count: number): Promise<Uint8Array> {
  const head = new Uint8Array(count);
  let filled = 0;
  while (filled < count) {
    const more = await bytes.read(head, filled, count - filled);
    if (more === 0) break;
    filled += more;
  }
  return head.subarray(0, filled);
}

/** Fills the window until `count` bytes are in it; false when there are fewer. */
async function reach(window: ReadWindow, count: number): Promise<boolean> {
  while (window.end - window.position < count) if (!(await window.fill())) return false;
  return true;
}

function endOf(window: ReadWindow, otherwise: CaptureFault): CaptureFault {
  if (window.source.fault !== null) return window.source.fault;
  return window.end === window.position ? "file_empty" : otherwise;
}
