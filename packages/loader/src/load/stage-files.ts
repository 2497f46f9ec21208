import { type ObservationName, parseLogFileName } from "@trafmon/observation";
import type { Clock } from "@trafmon/runtime";
import type { LogFile } from "../gather/log-folder.ts";
import type { Batch, StagedFile } from "./batch.ts";
import type { Feeds } from "./feeds.ts";
import { HourSums } from "./hour-sums.ts";
import { IdentityFiles } from "./identity-files.ts";
import type { IdentityLists } from "./identity-lists.ts";
import { type ConvertedLines, LineConverter, noLines, type UnknownId } from "./line-converter.ts";
import { type LineSlice, LineSlices } from "./line-slices.ts";
import { MinuteRows } from "./minute-rows.ts";
import { fileHourOf, MINUTE_LOAD_COLUMNS, MINUTE_LOAD_SET, NetflowConverter } from "./netflow-converter.ts";
import type { Staging } from "./staging.ts";
import type { TableColumn } from "./table-columns.ts";
import { MINUTES_STAGING, planOf, type TypePlan } from "./type-plan.ts";

export interface StageFilesOptions {
  readonly lists: IdentityLists;
  readonly staging: Staging;
  readonly tables: ReadonlyMap<string, readonly TableColumn[]>;
  readonly feeds: Feeds;
  readonly clock: Clock;
  /** How long a file may wait for the description of its ids before the lines that need it are refused. */
  readonly patienceMs: number;
  /** Told how many bytes of files have been read. */
  readonly onRead: (bytes: number) => void;
}

const MINUTES = {
  name: MINUTES_STAGING,
  like: "netflowtable_1m",
  columns: "0 AS file_no, 0 AS line_no, netflowtable_1m.*",
  loadColumns: MINUTE_LOAD_COLUMNS,
  loadSet: MINUTE_LOAD_SET,
};

/** Reads files into the staging tables, identity files first. */
export class StageFiles {
  readonly #options: StageFilesOptions;
  readonly #plans = new Map<ObservationName, TypePlan>();
  readonly #identities: IdentityFiles;
  readonly #hourSums = new Map<ObservationName, HourSums>();

  constructor(options: StageFilesOptions) {
    this.#options = options;
    this.#identities = new IdentityFiles(options);
  }

  planOf(name: ObservationName): TypePlan {
    let plan = this.#plans.get(name);
    if (plan === undefined) {
      plan = planOf(name, this.#options.tables);
      this.#plans.set(name, plan);
    }
    return plan;
  }

  async stage(files: readonly LogFile[]): Promise<Batch> {
    const { lists, staging } = this.#options;
    const found = { staged: [], waiting: [], refused: [] };
    const inOrder = [...files.filter((file) => file.isIdentity), ...files.filter((file) => !file.isIdentity)];
    let fileNo = 0;
    for (const file of inOrder) await this.#stageFile(file, ++fileNo, found);
    for (const type of new Set(files.filter((file) => !file.isIdentity).map((file) => file.type))) {
      await staging.flush(this.planOf(type));
    }
    for (const [type, sums] of this.#hourSums) {
      if (sums.isTrue && sums.count > 0) await staging.addHourSums(this.planOf(type), sums);
    }
    return { ...found, newRows: lists.takeNewRows(), hourSums: this.#hourSums };
  }

  async #stageFile(file: LogFile, fileNo: number, batch: Pick<Batch, "staged" | "waiting" | "refused">): Promise<void> {
    const slices = await LineSlices.open(file.path);
    try {
      const staged = {
        file,
        fileNo,
        linesLoaded: 0,
        refusals: [],
        days: new Set<number>(),
        minuteDays: new Set<number>(),
      };
      const take = this.#takerOf(file, staged);
      if (take === null) {
        batch.refused.push({ file, reason: "not named for a UTC hour" });
        return;
      }
      let isFirst = true;
      for (let slice = await slices.next(); slice !== null; slice = await slices.next()) {
        const readBytes = slice.bytes.length;
        if (isFirst) {
          const rest = withoutHeader(slice, take.header);
          if (rest === null) {
            batch.refused.push({ file, reason: "not the header of this type's columns" });
            return;
          }
          slice = rest;
          isFirst = false;
        }
        if (!(await take.slice(slice))) {
          await this.#options.staging.removeFile(this.planOf(file.type), fileNo);
          this.#hourSums.get(file.type)?.spoil();
          batch.waiting.push(file);
          return;
        }
        this.#options.onRead(readBytes);
      }
      if (isFirst) batch.refused.push({ file, reason: "empty file" });
      else batch.staged.push({ ...staged, sha256: slices.digest() });
    } finally {
      await slices.close();
    }
  }

  #takerOf(file: LogFile, staged: Omit<StagedFile, "sha256">) {
    if (file.isIdentity) return this.#identities.takerOf(file.type, staged);
    return file.type === "netflow" ? this.#netflowTaker(file, staged) : this.#dataTaker(file, staged);
  }

  #netflowTaker(file: LogFile, staged: Omit<StagedFile, "sha256">) {
    const { lists, staging } = this.#options;
    const fileHour = fileHourOf(parseLogFileName(file.name)!.epoch);
    if (fileHour === null) return null;
    const plan = this.planOf("netflow");
    const converter = new NetflowConverter(plan, lists, fileHour);
    return {
      header: converter.header,
      slice: async (slice: LineSlice): Promise<boolean> => {
        const lines = noLines(staging.rowsOf(plan));
        const minutes = new MinuteRows(staged.minuteDays);
        converter.convertSlice(slice.bytes, slice.firstLineNo, staged.fileNo, lines, minutes);
        // A file without flows says that its hour has none.
        await staging.ensure(plan);
        await staging.addLines(plan, lines);
        await staging.addChunks(MINUTES, minutes);
        addTo(staged, lines);
        return true;
      },
    };
  }

  /** What takes the slices of a data file; `slice` tells whether the file can be loaded now. */
  #dataTaker(file: LogFile, staged: Omit<StagedFile, "sha256">) {
    const { lists, staging, feeds, clock, patienceMs } = this.#options;
    const plan = this.planOf(file.type);
    const { collector } = parseLogFileName(file.name)!;
    const converter = new LineConverter(plan, lists, { sums: this.#sumsOf(plan), feeds, collector });
    const hasPatience = clock.wallMs() - file.modifiedMs < patienceMs;
    return {
      header: converter.header,
      slice: async (slice: LineSlice): Promise<boolean> => {
        const lines = noLines(staging.rowsOf(plan));
        converter.convertSlice(slice.bytes, slice.firstLineNo, staged.fileNo, lines);
        // Twice, because a transfer's line needs two flows and tells of one at a time.
        for (let round = 0; round < 2 && lines.unknown.length > 0; round++) {
          const asked = lines.unknown.splice(0);
          await this.#lookUp(asked);
          converter.convertAgain(asked, staged.fileNo, lines);
        }
        if (lines.unknown.length > 0 && hasPatience) return false;
        refuseUnknown(lines);
        await staging.addLines(plan, lines);
        addTo(staged, lines);
        return true;
      },
    };
  }

  #sumsOf(plan: TypePlan): HourSums | null {
    let sums = this.#hourSums.get(plan.name) ?? null;
    if (sums === null) {
      sums = HourSums.of(plan, this.#options.tables.get(`${plan.table}_1h`));
      if (sums !== null) this.#hourSums.set(plan.name, sums);
    }
    return sums;
  }

  async #lookUp(unknown: readonly UnknownId[]): Promise<void> {
    const asked = new Map<number, Set<number>>();
    for (const { runNo, flowId } of unknown) {
      if (flowId === null) continue;
      const ids = asked.get(runNo) ?? new Set();
      ids.add(flowId);
      asked.set(runNo, ids);
    }
    for (const [runNo, ids] of asked) await this.#options.lists.lookUpIds(runNo, [...ids]);
  }
}

/** The slice after its first line, or null when that is not the header. */
function withoutHeader(slice: LineSlice, header: string): LineSlice | null {
  const expected = Buffer.from(`${header}\n`);
  if (!slice.bytes.subarray(0, expected.length).equals(expected)) return null;
  return { bytes: slice.bytes.subarray(expected.length), firstLineNo: slice.firstLineNo + 1 };
}

function addTo(staged: Omit<StagedFile, "sha256">, lines: ConvertedLines): void {
  staged.linesLoaded += lines.rowCount;
  for (const refusal of lines.refusals) staged.refusals.push(refusal);
  for (const day of lines.days) staged.days.add(day);
}

function refuseUnknown(lines: ConvertedLines): void {
  for (const { lineNo, line, flowId } of lines.unknown) {
    lines.refusals.push({
      lineNo,
      reason: flowId === null ? "slice never described" : "flow never described",
      column: flowId === null ? "slice" : "flow_id",
      text: Buffer.from(line, "latin1").toString("utf8"),
    });
  }
  lines.unknown.length = 0;
}
