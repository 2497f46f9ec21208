import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { type Clock, type Logger, ProcessLock } from "@trafmon/runtime";
import type { Exporters } from "./ask/exporters.ts";
import { HOUR_MS, type HourRange, hourText } from "./ask/hour-range.ts";
import { netflowError } from "./errors.ts";
import type { FlowFault, FlowSource, TimeCorrection } from "./read/exported-flow.ts";
import { HourFiles } from "./write/hour-files.ts";
import { WrittenHours } from "./write/written-hours.ts";

export interface FormatOptions {
  readonly source: FlowSource;
  readonly range: HourRange;
  /** Whether hours that an earlier run could not read to their end are done as well. */
  readonly withIncomplete: boolean;
  readonly again: boolean;
  readonly exporters: Exporters;
  /** Folder of the collector's logs. */
  readonly folder: string;
  /** Name of this formatter, the probe of its lines. */
  readonly formatter: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface FormatResult {
  hours: number;
  filesWritten: number;
  filesUnchanged: number;
  /** Hours of exporters of which there was more before. */
  filesFewer: number;
  /** In the hours asked for. */
  flows: number;
  packets: bigint;
  bytes: bigint;
  /** Lines not taken, by reason; files of neighbouring hours are read too. */
  readonly faults: Map<FlowFault, number>;
  /** Flows whose times were put right, by reason. */
  readonly corrections: Map<TimeCorrection, number>;
  filesSpoilt: number;
}

/** Hours done at a time: what bounds the files that grow at once, and what a run that is ended loses. */
const HOURS_AT_ONCE = 24;
/** Lines with faults that the log shows of each kind. */
const SHOWN_FAULTS = 5;

/**
 * Writes the flows of the hours asked for as log files, one per hour and exporter; a flow belongs to the hour of its start
 * (place-flow.ts tells the exceptions).
 * What was written before and has not changed is not written again.
 * @throws {CodedError} NETFLOW_BUSY, NETFLOW_TARGET_UNUSABLE and those of the source
 */
export async function formatNetflow(options: FormatOptions): Promise<FormatResult> {
  const { folder, formatter } = options;
  try {
    accessSync(folder, constants.W_OK | constants.R_OK | constants.X_OK);
  } catch (cause) {
    throw netflowError("NETFLOW_TARGET_UNUSABLE", `cannot write in ${folder}: ${(cause as Error).message}`, cause);
  }
  const lock = ProcessLock.acquire(join(folder, `.netflow_${formatter}.lock`));
  if (lock === null) throw netflowError("NETFLOW_BUSY", `cannot write NetFlow as ${formatter} in ${folder}`);
  try {
    HourFiles.removeParts(folder, formatter);
    const written = WrittenHours.read(join(folder, `.netflow_${formatter}.json`));
    const result: FormatResult = {
      hours: 0,
      filesWritten: 0,
      filesUnchanged: 0,
      filesFewer: 0,
      flows: 0,
      packets: 0n,
      bytes: 0n,
      faults: new Map(),
      corrections: new Map(),
      filesSpoilt: 0,
    };
    for (const span of spansOf(options, written)) await formatSpan(options, span, written, result);
    result.filesSpoilt = options.source.spoiltFiles.length;
    return result;
  } finally {
    lock.release();
  }
}

/** The hours to do, in spans of neighbours that are done at once. */
function spansOf({ range, withIncomplete }: FormatOptions, written: WrittenHours): HourRange[] {
  const hours = new Set(withIncomplete ? written.incomplete : []);
  for (let hour = range.first; hour < range.end; hour++) hours.add(hour);
  const spans: { first: number; end: number }[] = [];
  for (const hour of [...hours].sort((a, b) => a - b)) {
    const open = spans.at(-1);
    if (open !== undefined && open.end === hour && hour - open.first < HOURS_AT_ONCE) open.end++;
    else spans.push({ first: hour, end: hour + 1 });
  }
  return spans;
}

async function formatSpan(
  options: FormatOptions,
  { first, end }: HourRange,
  written: WrittenHours,
  result: FormatResult,
): Promise<void> {
  const { source, exporters, folder, formatter, again, clock, log } = options;
  const nowMs = clock.wallMs();
  const files = new HourFiles({ folder, formatter, written, again }, nowMs);
  const wrongClocks = new Map<string, { flows: number; movedMs: number }>();
  try {
    await source.read(
      first,
      end,
      ({ exporter, fields, hour, correction, movedMs }) => {
        if (hour < first || hour >= end) return;
        files.add(hour, exporters.addressOf(exporter), fields);
        if (correction !== null) {
          result.corrections.set(correction, (result.corrections.get(correction) ?? 0) + 1);
        }
        if (movedMs !== 0) wrongClocks.set(exporter, { flows: (wrongClocks.get(exporter)?.flows ?? 0) + 1, movedMs });
        result.flows++;
        result.packets += BigInt(fields.packets) * BigInt(fields.sampling_rate);
        result.bytes += BigInt(fields.bytes) * BigInt(fields.sampling_rate);
      },
      (fault, line) => {
        const count = (result.faults.get(fault) ?? 0) + 1;
        result.faults.set(fault, count);
        if (count <= SHOWN_FAULTS) log.warn({ fault, line: line.replace(/ +/g, " ") }, "a line of flows was not taken");
      },
    );
    for (const [exporter, { flows, movedMs }] of wrongClocks) {
      log.warn(
        { exporter, flows, behindS: Math.round(movedMs / 1000) },
        "the exporter's clock is wrong, flows were moved",
      );
    }
    for (const { file, outcome } of files.finish(nowMs)) {
      if (outcome === "written") result.filesWritten++;
      else if (outcome === "unchanged") result.filesUnchanged++;
      else {
        result.filesFewer++;
        const hour = hourText(file.hour);
        log.error({ exporter: file.exporter, hour, flows: file.records }, "fewer flows than before, kept the earlier");
      }
    }
  } catch (error) {
    files.discard();
    const { code, path } = error as NodeJS.ErrnoException;
    if (["ENOSPC", "EACCES", "EDQUOT", "EIO", "EROFS", "EMFILE"].includes(code ?? "")) {
      const where = path ?? folder;
      throw netflowError("NETFLOW_TARGET_UNUSABLE", `cannot write ${where}: ${(error as Error).message}`, error);
    }
    throw error;
  }
  for (let hour = first; hour < end; hour++) {
    written.noteHour(hour, source.isComplete((hour + 1) * HOUR_MS, nowMs), nowMs);
    result.hours++;
  }
  written.save(nowMs);
  log.info({ first: hourText(first), last: hourText(end - 1), flows: result.flows }, "hours done");
}
