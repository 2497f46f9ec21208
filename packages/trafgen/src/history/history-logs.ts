import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { formatLine, formatLogFileName, logHeader, type ObservationType, type RecordOf } from "@trafmon/observation";

/** Text gathered before it is written to its file. */
const CHUNK_LETTERS = 1 << 20;

interface OpenFile {
  readonly descriptor: number;
  chunks: string;
}

/** Writes log files as a collector does: one per type and day, complete when the day is closed. */
export class HistoryLogs {
  /** Records written so far. */
  records = 0;
  readonly #folder: string;
  readonly #collector: string;
  readonly #probe: string;
  readonly #epoch: string;
  #run: string;
  #serial = 1;
  readonly #files = new Map<ObservationType, OpenFile>();
  /** Within the run, by type. */
  readonly #recordNos = new Map<ObservationType, number>();

  /** `run`, `epoch`: 16 hexadecimal digits. */
  constructor(place: { folder: string; collector: string; probe: string; epoch: string; run: string }) {
    this.#folder = place.folder;
    this.#collector = place.collector;
    this.#probe = place.probe;
    this.#epoch = place.epoch;
    this.#run = place.run;
    mkdirSync(place.folder, { recursive: true });
  }

  write<T extends ObservationType>(type: T, record: RecordOf<T>): void {
    const recordNo = (this.#recordNos.get(type) ?? 0) + 1;
    this.#recordNos.set(type, recordNo);
    const file = this.#fileOf(type);
    file.chunks += `${formatLine(type)(record, this.#probe, this.#run, recordNo)}\n`;
    this.records++;
    if (file.chunks.length >= CHUNK_LETTERS) flush(file);
  }

  /** The probe has been started anew: flow ids and record numbers begin again. */
  beginRun(run: string): void {
    this.#run = run;
    this.#recordNos.clear();
  }

  /** Closes the files of a day; what follows goes to new ones. */
  rotate(): void {
    for (const file of this.#files.values()) {
      flush(file);
      closeSync(file.descriptor);
    }
    this.#files.clear();
    this.#serial++;
  }

  #fileOf(type: ObservationType): OpenFile {
    let file = this.#files.get(type);
    if (file === undefined) {
      const name = { type: type.name, collector: this.#collector, epoch: this.#epoch, serial: this.#serial };
      const path = join(this.#folder, formatLogFileName({ ...name, isPart: false }));
      // A log file is never written over: two histories in one folder would be a mixture of both.
      file = { descriptor: openSync(path, "wx"), chunks: `${logHeader(type)}\n` };
      this.#files.set(type, file);
    }
    return file;
  }
}

function flush(file: OpenFile): void {
  writeSync(file.descriptor, file.chunks);
  file.chunks = "";
}
