import { CheckedLines, type Refusal, textOf, utf8 } from "./checked-lines.ts";
import { counts, type FeedSpan, Feeds } from "./feeds.ts";
import type { HourSums, LineNumbers } from "./hour-sums.ts";
import { type IdentityLists, unpackFlow } from "./identity-lists.ts";
import type { LineFields } from "./line-fields.ts";
import type { RowGroups } from "./row-groups.ts";
import { LEADING_FIELDS, type TypePlan } from "./type-plan.ts";

/** A line that refers to an id nobody has described yet. */
export interface UnknownId {
  readonly lineNo: number;
  readonly line: string;
  readonly runNo: number;
  /** null: the id is known, a slice of its class is not. */
  readonly flowId: number | null;
}

/** What became of a slice of lines. */
export interface ConvertedLines {
  /** Where the rows go, behind those of slices before. */
  readonly rows: RowGroups;
  rowCount: number;
  /** Ready for LOAD DATA, as latin1 that carries the file's bytes. */
  histogramRows: string;
  histogramRowCount: number;
  readonly refusals: Refusal[];
  readonly unknown: UnknownId[];
  /** Days the rows lie in: days since the epoch. */
  readonly days: Set<number>;
}

export function noLines(rows: RowGroups): ConvertedLines {
  return {
    rows,
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

/** Leading fields of every line. */
const PROBE = 0;
const RUN = 1;
const RECORD_NO = 2;

/** A field becomes at most this much longer, and so does a row by its origin. */
const MAX_GROWTH_BYTES = 32;

/**
 * Turns lines of one type into rows: checks every field, replaces ids by the numbers of the database, writes times as the
 * server has them, takes histograms apart. Addresses and texts go on as they stand; the server converts them.
 */
export class LineConverter {
  readonly #plan: TypePlan;
  readonly #lists: IdentityLists;
  readonly #checked: CheckedLines;
  readonly #sums: HourSums | null;
  readonly #feeds: Feeds;
  readonly #collector: string;
  /** `probe TAB run` of the line before, and its number: lines of a run stand together. */
  #lastRun = Buffer.alloc(0);
  #lastRunNo = 0;
  readonly #numbers: LineNumbers = { probeNo: 0, flowNo: 0, classNo: 0, sliceNo: 0 };
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
    this.#checked.eachInPlace(bytes, firstLineNo, into.refusals, (line, lineNo) =>
      this.#convert(line, lineNo, fileNo, into),
    );
    into.rows.learn();
  }

  /** Tries lines again whose ids have been looked up meanwhile; what is still unknown goes to `unknown`. */
  convertAgain(lines: readonly UnknownId[], fileNo: number, into: ConvertedLines): void {
    for (const { line, lineNo } of lines) this.#convert(this.#checked.fieldsAgain(line), lineNo, fileNo, into);
  }

  #convert(line: LineFields, lineNo: number, fileNo: number, into: ConvertedLines): void {
    const { places, histograms } = this.#plan;
    const numbers = this.#numbers;
    const runNo = this.#runNo(line);
    if (this.#lastSpans !== null && !counts(this.#lastSpans, this.#collector, line.text(places.time))) {
      into.refusals.push({ lineNo, reason: "not the feed", column: "probe", text: utf8(line.line()) });
      return;
    }
    if (places.flowId >= 0) {
      const flowId = line.number(places.flowId);
      const packed = this.#lists.packedFlow(runNo, flowId);
      if (packed === undefined) {
        into.unknown.push({ lineNo, line: line.line(), runNo, flowId });
        return;
      }
      const { flowNo, classNo } = unpackFlow(packed);
      numbers.flowNo = flowNo;
      if (places.slice >= 0) {
        const sliceNo = this.#lists.sliceNo(runNo, classNo, this.#plan.name, line.number(places.slice));
        if (sliceNo === undefined) {
          into.unknown.push({ lineNo, line: line.line(), runNo, flowId: null });
          return;
        }
        numbers.sliceNo = sliceNo;
      }
    }
    let dataFlowNo: number | null = null;
    if (places.dataFlowId >= 0 && !line.isNull(places.dataFlowId)) {
      const flowId = line.number(places.dataFlowId);
      const packed = this.#lists.packedFlow(runNo, flowId);
      if (packed === undefined) {
        into.unknown.push({ lineNo, line: line.line(), runNo, flowId });
        return;
      }
      dataFlowNo = unpackFlow(packed).flowNo;
    }
    if (places.class >= 0) numbers.classNo = this.#lists.classNo(textOf(line.text(places.class)));

    into.days.add(Math.floor(line.number(places.time, NANOSECOND_DIGITS) / SECONDS_PER_DAY));
    for (const { field, direction } of histograms) {
      if (!line.isEmpty(field)) this.#addHistogram(line, field, direction, `${fileNo}\t${lineNo}`, into);
    }
    numbers.probeNo = this.#lists.probeOfRun(runNo);
    this.#sums?.add(line, numbers);
    this.#addRow(line, fileNo, lineNo, runNo, dataFlowNo, into.rows);
    into.rowCount++;
  }

  /** Positional, because an object per line would be most of what is made per line. */
  #addRow(
    line: LineFields,
    fileNo: number,
    lineNo: number,
    runNo: number,
    dataFlowNo: number | null,
    groups: RowGroups,
  ): void {
    const { fields, places, isKeyedByFlow } = this.#plan;
    const numbers = this.#numbers;
    const { bytes } = line;
    const rows = groups.groupOf(line);
    const leftOut = rows === groups.full ? null : groups.leftOut;
    const last = fields.length - 1;
    rows.begin(line.until(last) - line.start + MAX_GROWTH_BYTES * (fields.length + LEADING_FIELDS));
    rows.addNumber(fileNo);
    rows.addNumber(lineNo);
    rows.addNumber(runNo);
    rows.addBytes(bytes, line.from(RECORD_NO), line.until(RECORD_NO));
    for (let field = LEADING_FIELDS; field <= last; field++) {
      if (leftOut !== null && leftOut[field] === 1) continue;
      const { form } = fields[field]!;
      if (form === "as it stands" || line.isNull(field)) rows.addBytes(bytes, line.from(field), line.until(field));
      else if (form === "flow") rows.addNumber(numbers.flowNo);
      else if (form === "class") rows.addNumber(numbers.classNo);
      else if (form === "slice") rows.addNumber(numbers.sliceNo);
      else rows.addInstant(bytes, line.from(field), line.until(field), form === "instant");
    }
    if (places.dataFlowId >= 0) rows.addText(dataFlowNo === null ? "\\N" : String(dataFlowNo));
    rows.end(isKeyedByFlow ? numbers.flowNo : 0);
  }

  #runNo(line: LineFields): number {
    const until = line.until(RUN);
    if (!isSame(this.#lastRun, line.bytes, line.start, until)) {
      this.#lastRun = Buffer.from(line.bytes.subarray(line.start, until));
      const probe = textOf(line.text(PROBE));
      this.#lastRunNo = this.#lists.runNo(probe, line.text(RUN));
      this.#lastSpans = this.#feeds.spansOf(probe);
    }
    return this.#lastRunNo;
  }

  /** A row per bucket: file and line, key as the plan names it, time, bucket, samples. */
  #addHistogram(line: LineFields, field: number, direction: string | null, origin: string, into: ConvertedLines): void {
    const key = this.#plan.histogramKey.map((name) => this.#keyText(name, line, direction)).join("\t");
    const prefix = `${origin}\t${key}\t${line.text(this.#plan.places.time)}\t`;
    for (const pair of line.text(field).split(",")) {
      into.histogramRows += `${prefix}${pair.replace(":", "\t")}\n`;
      into.histogramRowCount++;
    }
  }

  #keyText(name: string, line: LineFields, direction: string | null): string {
    if (name === "flow_no") return String(this.#numbers.flowNo);
    if (name === "class_no") return String(this.#numbers.classNo);
    if (name === "direction") return direction!;
    return line.text(this.#plan.type.columns.findIndex((each) => each.name === name) + LEADING_FIELDS);
  }
}

/** Faster for short runs of bytes than what Buffer has. */
function isSame(one: Buffer, bytes: Buffer, from: number, until: number): boolean {
  const { length } = one;
  if (length !== until - from) return false;
  for (let at = 0; at < length; at++) if (one[at] !== bytes[from + at]) return false;
  return true;
}
