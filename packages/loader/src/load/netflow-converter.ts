import { observationTypes } from "@trafmon/observation";
import { CheckedLines, textOf, utf8 } from "./checked-lines.ts";
import type { IdentityLists } from "./identity-lists.ts";
import { instantText } from "./instant-text.ts";
import type { ConvertedLines } from "./line-converter.ts";
import type { MinuteRows } from "./minute-rows.ts";
import { LEADING_FIELDS, type TypePlan } from "./type-plan.ts";

/** A flow that lasts longer is a router with a broken clock: routers report long flows piece by piece. */
const LONGEST_FLOW_MS = 7 * 86_400_000;

/** As for every count of a log: sums of 2048 of them fit into their column, and no router counts so much of a flow. */
const MAX_COUNT = 2n ** 53n - 1n;

const place = (name: (typeof observationTypes.netflow.columns)[number]["name"]) =>
  observationTypes.netflow.columns.findIndex((each) => each.name === name) + LEADING_FIELDS;
const FIRST = place("first");
const LAST = place("last");
const PACKETS = place("packets");
const BYTES = place("bytes");
const RATE = place("sampling_rate");
const KEY = (["exporter", "src_address", "dst_address", "protocol", "src_port", "dst_port"] as const).map(place);

/** Minutes of a file's flows, for LOAD DATA into the staging table of netflowtable_1m. */
export const MINUTE_LOAD_COLUMNS = [
  "file_no",
  "line_no",
  "probe_no",
  "file_hour",
  "@exporter",
  "@src_address",
  "@dst_address",
  "protocol",
  "src_port",
  "dst_port",
  "@minute",
  "packets",
  "bytes",
];
export const MINUTE_LOAD_SET = [
  ...["exporter", "src_address", "dst_address"].map((name) => `${name} = INET6_ATON(@${name})`),
  "bucket_start = TIMESTAMPADD(MINUTE, @minute, '1970-01-01')",
];

/**
 * Turns NetFlow lines into rows of netflowtable and of its minutes: packets and bytes multiplied by the sampling rate
 * and spread over the minutes of the flow.
 */
export class NetflowConverter {
  readonly #lists: IdentityLists;
  readonly #checked: CheckedLines;
  readonly #fileHour: string;

  /** `fileHour`: as in SQL, `YYYY-MM-DD HH:00:00`. */
  constructor(plan: TypePlan, lists: IdentityLists, fileHour: string) {
    this.#lists = lists;
    this.#checked = new CheckedLines(plan.type, plan.limits);
    this.#fileHour = fileHour;
  }

  get header(): string {
    return this.#checked.header;
  }

  convertSlice(bytes: Buffer, firstLineNo: number, fileNo: number, into: ConvertedLines, minutes: MinuteRows): void {
    this.#checked.each(bytes, firstLineNo, into.refusals, (fields, lineNo, line) => {
      const fault = this.#convert(fields, lineNo, fileNo, into, minutes);
      if (fault !== null) into.refusals.push({ lineNo, ...fault, text: utf8(line) });
    });
  }

  #convert(fields: string[], lineNo: number, fileNo: number, into: ConvertedLines, minutes: MinuteRows) {
    // Whole milliseconds of a time in nanoseconds.
    const firstMs = Number(fields[FIRST]!.slice(0, -6));
    const lastMs = Number(fields[LAST]!.slice(0, -6));
    if (lastMs < firstMs) return { reason: "ends before it begins", column: "last_ns" };
    if (lastMs - firstMs > LONGEST_FLOW_MS) return { reason: "lasts more than 7 days", column: "last_ns" };
    const rate = BigInt(fields[RATE]!);
    const packets = BigInt(fields[PACKETS]!) * rate;
    const bytes = BigInt(fields[BYTES]!) * rate;
    if (packets > MAX_COUNT || bytes > MAX_COUNT) return { reason: "out of range", column: "sampling_rate" };

    const probe = textOf(fields[0]!);
    const runNo = this.#lists.runNo(probe, fields[1]!);
    const key = `${this.#lists.probeNo(probe)}\t${this.#fileHour}\t${KEY.map((each) => fields[each]).join("\t")}`;
    minutes.add(`${fileNo}\t${lineNo}\t${key}\t`, firstMs, lastMs, packets, bytes);
    into.days.add(Math.floor(firstMs / 86_400_000));
    const recordNo = fields[2]!;
    fields[0] = String(fileNo);
    fields[1] = String(lineNo);
    fields[2] = `${runNo}\t${recordNo}`;
    for (const time of [FIRST, LAST]) fields[time] = instantText(Number(fields[time]!.slice(0, -3)));
    into.rows.full.add(`${fields.join("\t")}\t${this.#fileHour}`, 0);
    into.rowCount++;
    return null;
  }
}

/**
 * The UTC hour a NetFlow file is of: its formatter names the file with the hour's start, in seconds since the epoch, in
 * place of a collector's start. Null when the name has no such hour.
 */
export function fileHourOf(epoch: string): string | null {
  const seconds = Number.parseInt(epoch, 16);
  if (!(seconds % 3600 === 0 && seconds > 0 && seconds < 2 ** 32)) return null;
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
}
