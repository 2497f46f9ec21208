import { closeSync, fsyncSync, openSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { addressText, parseLogFileName } from "@trafmon/observation";
import type { FlowFields } from "../read/exported-flow.ts";
import { HourFile } from "./hour-file.ts";
import type { WrittenHours } from "./written-hours.ts";

export interface HourFilesOptions {
  readonly folder: string;
  readonly formatter: string;
  readonly written: WrittenHours;
  /** Write also what has not changed, and hours for which fewer flows are found than before. */
  readonly again: boolean;
}

/** What became of a file. */
export interface FileOutcome {
  readonly file: HourFile;
  /** unchanged: it was written before. fewer: it had more flows before, so the earlier one stays. */
  readonly outcome: "written" | "unchanged" | "fewer";
}

/** Text waiting in memory, of all files together. */
const MAX_WAITING_CHARACTERS = 64 * 1024 * 1024;
/** Of one file, before it is written. */
const FLUSH_CHARACTERS = 1024 * 1024;

/** The log files of a span of hours, one per hour and exporter. */
export class HourFiles {
  readonly #options: HourFilesOptions;
  readonly #files = new Map<string, HourFile>();
  readonly #serial: number;
  #waiting = 0;

  constructor(options: HourFilesOptions, nowMs: number) {
    this.#options = options;
    // Of a later run it is greater, so the loader takes the later file last.
    this.#serial = Math.floor(nowMs / 1000);
  }

  /** Takes away what a run that was ended left growing. */
  static removeParts(folder: string, formatter: string): void {
    for (const name of readdirSync(folder)) {
      const parsed = parseLogFileName(name);
      if (parsed?.isPart && parsed.type === "netflow" && parsed.collector.startsWith(`${formatter}-`)) {
        rmSync(join(folder, name), { force: true });
      }
    }
  }

  add(hour: number, exporter: Uint8Array, fields: FlowFields): void {
    const key = `${hour} ${addressText(exporter)}`;
    let file = this.#files.get(key);
    if (file === undefined) {
      const { folder, formatter } = this.#options;
      const serial = this.#serialAfter(hour, addressText(exporter));
      file = new HourFile({ folder, formatter, exporter, hour, serial });
      this.#files.set(key, file);
    }
    const before = file.waiting;
    file.add(fields);
    this.#waiting += file.waiting - before;
    if (file.waiting > FLUSH_CHARACTERS) this.#flush(file);
    if (this.#waiting > MAX_WAITING_CHARACTERS) for (const each of this.#files.values()) this.#flush(each);
  }

  /** The clock may have been set back since the hour was written. */
  #serialAfter(hour: number, exporter: string): number {
    const before = this.#options.written.fileOf(hour, exporter);
    const serial = before === null ? 0 : (parseLogFileName(before.name)?.serial ?? 0);
    return Math.max(this.#serial, serial + 1);
  }

  #flush(file: HourFile): void {
    this.#waiting -= file.waiting;
    file.flush();
  }

  /** Completes the files that tell something new. */
  finish(nowMs: number): FileOutcome[] {
    const { written, again, folder } = this.#options;
    const outcomes: FileOutcome[] = [];
    for (const file of this.#files.values()) {
      this.#flush(file);
      const sha256 = file.digest();
      const before = written.fileOf(file.hour, file.exporter);
      const outcome =
        before === null || again
          ? "written"
          : before.sha256 === sha256
            ? "unchanged"
            : file.records < before.records
              ? "fewer"
              : "written";
      if (outcome === "written") {
        file.complete();
        written.noteFile(file.hour, file.exporter, { name: file.name, sha256, records: file.records }, nowMs);
      } else file.discard();
      outcomes.push({ file, outcome });
    }
    if (outcomes.some(({ outcome }) => outcome === "written")) syncFolder(folder);
    return outcomes;
  }

  /** Leaves nothing behind. */
  discard(): void {
    for (const file of this.#files.values()) file.discard();
  }
}

/** The renames are on the disk after this. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  fsyncSync(folder);
  closeSync(folder);
}
