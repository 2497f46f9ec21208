import { createHash } from "node:crypto";
import { appendFileSync, closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { addressText, formatLine, formatLogFileName, logHeader, observationTypes } from "@trafmon/observation";
import { HOUR_MS } from "../ask/hour-range.ts";
import type { FlowFields } from "../read/exported-flow.ts";

/** Record numbers of one exporter go on from hour to hour; an hour has room for so many. */
const RECORDS_PER_HOUR = 2 ** 32;

const format = formatLine(observationTypes.netflow);

export interface HourFileOptions {
  readonly folder: string;
  /** Name of the formatter: the probe of its lines. */
  readonly formatter: string;
  readonly exporter: Uint8Array;
  /** Hours since the epoch. */
  readonly hour: number;
  /** Later than that of any earlier file of this hour. */
  readonly serial: number;
}

/**
 * The log file of one exporter and hour while it grows, `.part`. The same flows in the same order make the same bytes,
 * whenever they are written.
 */
export class HourFile {
  readonly name: string;
  readonly exporter: string;
  readonly hour: number;
  readonly #options: HourFileOptions;
  readonly #path: string;
  readonly #run: string;
  readonly #hash = createHash("sha256");
  #waiting: string;
  records = 0;

  constructor(options: HourFileOptions) {
    const { folder, formatter, exporter, hour, serial } = options;
    this.#options = options;
    this.exporter = addressText(exporter);
    this.hour = hour;
    const collector = `${formatter}-${this.exporter.replace(/[.:]/g, "-")}`;
    const epoch = ((hour * HOUR_MS) / 1000).toString(16).padStart(16, "0");
    this.name = formatLogFileName({ type: "netflow", collector, epoch, serial, isPart: false });
    this.#path = join(folder, this.name);
    // The same in every run, as what a router exported is.
    this.#run = createHash("sha256").update(`${formatter}\0${this.exporter}`).digest("hex").slice(0, 16);
    this.#waiting = `${logHeader(observationTypes.netflow)}\n`;
  }

  /** Characters that wait to be written. */
  get waiting(): number {
    return this.#waiting.length;
  }

  add(fields: FlowFields): void {
    const record = { exporter: this.#options.exporter, ...fields };
    this.records++;
    const number = this.hour * RECORDS_PER_HOUR + this.records;
    this.#waiting += `${format(record, this.#options.formatter, this.#run, number)}\n`;
  }

  /** Writes what waits. */
  flush(): void {
    if (this.#waiting === "") return;
    appendFileSync(`${this.#path}.part`, this.#waiting);
    this.#hash.update(this.#waiting);
    this.#waiting = "";
  }

  /** SHA-256 of the content, after the last flush. Once only. */
  digest(): string {
    return this.#hash.digest("hex");
  }

  /** Makes the file complete: on the disk under its name, never to change again. */
  complete(): void {
    const file = openSync(`${this.#path}.part`, "r");
    fsyncSync(file);
    closeSync(file);
    renameSync(`${this.#path}.part`, this.#path);
  }

  discard(): void {
    rmSync(`${this.#path}.part`, { force: true });
  }
}
