import { CheckedLines, type Refusal, textOf, utf8 } from "./checked-lines.ts";
import { counts, type FeedSpan, Feeds } from "./feeds.ts";
import type { HourSums } from "./hour-sums.ts";
import { type IdentityLists, unpackFlow } from "./identity-lists.ts";
import { LEADING_FIELDS, type TypePlan } from "./type-plan.ts";

/** A line that refers to an id nobody has described yet. */
export interface UnknownId {
  readonly lineNo: number;
  readonly line: string;
  readonly runNo: number;
  /** null: the id is known, a slice of its class is not. */
  readonly flowId: number | null;
}

/** What became of a slice of lines. Rows are ready for LOAD DATA, as latin1 that carries the file's bytes. */
export interface ConvertedLines {
  rows: string;
  rowCount: number;
  histogramRows: string;
  histogramRowCount: number;
  readonly refusals: Refusal[];
  readonly unknown: UnknownId[];
  /** Days the rows lie in: days since the epoch. */
  readonly days: Set<number>;
}

export function noLines(): ConvertedLines {
  return {
    rows: "",
    rowCount: 0,
    histogramRows: "",
    histogramRowCount: 0,
    refusals: [],
    unknown: [],
    days: new Set(),
  };
}

/** Digits of a log's time after the seconds. */
const NANOSECOND_DIGITS = 9;
const SECONDS_PER_DAY = 86_400;

/**
 * Turns lines of one type into rows: checks every field, replaces ids by the numbers of the database, takes histograms
 * apart. Times, addresses and texts go on as they stand; the server converts them.
 */
export class LineConverter {
  readonly #plan: TypePlan;
  readonly #lists: IdentityLists;
  readonly #checked: CheckedLines;
  readonly #sums: HourSums | null;
  readonly #feeds: Feeds;
  readonly #collector: string;
  /** `probe TAB run` of the line before, and its number: lines of a run stand together. */
  #lastRun = "";
  #lastRunNo = 0;
  #lastSpans: readonly FeedSpan[] | null = null;

  /** `sums`: where every line converted is added up. `collector`: who wrote the lines. */
  constructor(
    plan: TypePlan,
    lists: IdentityLists,
    { sums, feeds, collector }: { sums?: HourSums | null; feeds?: Feeds; collector?: string } = {},
  ) {
    this.#plan = plan;
    this.#lists = lists;
    this.#sums = sums ?? null;
    this.#feeds = feeds ?? new Feeds();
    this.#collector = collector ?? "";
    this.#checked = new CheckedLines(plan.type, plan.limits);
  }

  get header(): string {
    return this.#checked.header;
  }

  /** Converts whole lines; `fileNo` marks their rows. The header is no line of this. */
  convertSlice(bytes: Buffer, firstLineNo: number, fileNo: number, into: ConvertedLines): void {
    this.#checked.each(bytes, firstLineNo, into.refusals, (fields, lineNo, line) =>
      this.#convert(fields, line, lineNo, fileNo, into),
    );
  }

  /** Tries lines again whose ids have been looked up meanwhile; what is still unknown goes to `unknown`. */
  convertAgain(lines: readonly UnknownId[], fileNo: number, into: ConvertedLines): void {
    for (const { line, lineNo } of lines) this.#convert(line.split("\t"), line, lineNo, fileNo, into);
  }

  #convert(fields: string[], line: string, lineNo: number, fileNo: number, into: ConvertedLines): void {
    const { places, histograms } = this.#plan;
    const runNo = this.#runNo(fields[0]!, fields[1]!);
    if (this.#lastSpans !== null && !counts(this.#lastSpans, this.#collector, fields[places.time]!)) {
      into.refusals.push({ lineNo, reason: "not the feed", column: "probe", text: utf8(line) });
      return;
    }
    let dataFlowNo = "";
    if (places.flowId >= 0) {
      const flowId = Number(fields[places.flowId]);
      const packed = this.#lists.packedFlow(runNo, flowId);
      if (packed === undefined) {
        into.unknown.push({ lineNo, line, runNo, flowId });
        return;
      }
      const { flowNo, classNo } = unpackFlow(packed);
      fields[places.flowId] = String(flowNo);
      if (places.slice >= 0) {
        const sliceNo = this.#lists.sliceNo(runNo, classNo, this.#plan.name, Number(fields[places.slice]));
        if (sliceNo === undefined) {
          into.unknown.push({ lineNo, line, runNo, flowId: null });
          return;
        }
        fields[places.slice] = String(sliceNo);
      }
    }
    if (places.dataFlowId >= 0) {
      dataFlowNo = "\t\\N";
      if (fields[places.dataFlowId] !== "\\N") {
        const flowId = Number(fields[places.dataFlowId]);
        const packed = this.#lists.packedFlow(runNo, flowId);
        if (packed === undefined) {
          into.unknown.push({ lineNo, line, runNo, flowId });
          return;
        }
        dataFlowNo = `\t${unpackFlow(packed).flowNo}`;
      }
    }
    if (places.class >= 0) fields[places.class] = String(this.#lists.classNo(textOf(fields[places.class]!)));

    const time = fields[places.time]!;
    into.days.add(Math.floor(Number(time.slice(0, -NANOSECOND_DIGITS)) / SECONDS_PER_DAY));
    for (const { field, direction } of histograms) {
      if (fields[field] !== "") this.#addHistogram(fields, field, direction, `${fileNo}\t${lineNo}`, into);
    }
    this.#sums?.add(fields, this.#lists.probeOfRun(runNo));
    const recordNo = fields[2]!;
    fields[0] = String(fileNo);
    fields[1] = String(lineNo);
    fields[2] = `${runNo}\t${recordNo}`;
    into.rows += `${fields.join("\t")}${dataFlowNo}\n`;
    into.rowCount++;
  }

  #runNo(probe: string, run: string): number {
    const key = `${probe}\t${run}`;
    if (key !== this.#lastRun) {
      this.#lastRunNo = this.#lists.runNo(textOf(probe), run);
      this.#lastRun = key;
      this.#lastSpans = this.#feeds.spansOf(textOf(probe));
    }
    return this.#lastRunNo;
  }

  /** A row per bucket: file and line, key as the plan names it, time, bucket, samples. */
  #addHistogram(fields: string[], field: number, direction: string | null, origin: string, into: ConvertedLines): void {
    const key = this.#plan.histogramKey.map((name) => this.#keyField(name, fields, direction)).join("\t");
    const prefix = `${origin}\t${key}\t${fields[this.#plan.places.time]}\t`;
    for (const pair of fields[field]!.split(",")) {
      into.histogramRows += `${prefix}${pair.replace(":", "\t")}\n`;
      into.histogramRowCount++;
    }
  }

  #keyField(name: string, fields: string[], direction: string | null): string {
    if (name === "flow_no") return fields[this.#plan.places.flowId]!;
    if (name === "class_no") return fields[this.#plan.places.class]!;
    if (name === "direction") return direction!;
    return fields[this.#plan.type.columns.findIndex((each) => each.name === name) + LEADING_FIELDS]!;
  }
}
