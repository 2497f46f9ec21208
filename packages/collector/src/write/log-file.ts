import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { logHeader, type ObservationType } from "@trafmon/observation";
import type { CommittedFile } from "../remember/journal.ts";
import { GatheredText } from "./gathered-text.ts";

/**
 * One log file while it is written, under its `.part` name. Lines gather in memory until `flush`; what a flush could
 * not bring to the disk stays gathered, and the next one begins again at the committed length.
 */
export class LogFile {
  readonly type: ObservationType;
  /** Final name, without `.part`. */
  readonly name: string;
  readonly #path: string;
  #file: FileHandle | null = null;
  #gathered = new GatheredText();
  #committedBytes = 0;
  #torn = false;

  constructor(directory: string, name: string, type: ObservationType) {
    this.type = type;
    this.name = name;
    this.#path = join(directory, `${name}.part`);
    this.#gathered.append(`${logHeader(type)}\n`);
  }

  /** Length that is on stable storage. */
  get committed(): CommittedFile {
    return { name: this.name, bytes: this.#committedBytes };
  }

  /** Nothing of it, not even its name, is on stable storage. */
  get isNew(): boolean {
    return this.#committedBytes === 0;
  }

  get isDirty(): boolean {
    return !this.#gathered.isEmpty;
  }

  /** `lines`: whole lines, each ended by a newline. */
  append(lines: string | Uint8Array): void {
    this.#gathered.append(lines);
  }

  /** Takes what is gathered now to stable storage. What is appended meanwhile waits for the next time. */
  async flush(): Promise<void> {
    const taken = this.#gathered;
    if (taken.isEmpty) return;
    this.#gathered = new GatheredText();
    try {
      this.#file ??= await open(this.#path, this.isNew ? "w" : "r+", 0o640);
      if (this.#torn) await this.#file.truncate(this.#committedBytes);
      this.#torn = true;
      let position = this.#committedBytes;
      for (const bytes of taken.blocks()) {
        await writeAll(this.#file, bytes, position);
        position += bytes.length;
      }
      await this.#file.datasync();
      this.#torn = false;
      this.#committedBytes = position;
    } catch (error) {
      taken.appendAll(this.#gathered);
      this.#gathered = taken;
      throw error;
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }
}

/** A write may take a part only, as when the disk fills up. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

const TAIL_BYTES = 64 << 10;

/** Length of a file up to and with its last newline. */
export async function bytesOfWholeLines(path: string): Promise<number> {
  const file = await open(path, "r");
  try {
    const block = Buffer.allocUnsafe(TAIL_BYTES);
    for (let end = (await file.stat()).size; end > 0; end -= Math.min(end, TAIL_BYTES)) {
      const from = Math.max(0, end - TAIL_BYTES);
      const { bytesRead } = await file.read(block, 0, end - from, from);
      const newline = block.subarray(0, bytesRead).lastIndexOf(10);
      if (newline >= 0) return from + newline + 1;
    }
    return 0;
  } finally {
    await file.close();
  }
}
