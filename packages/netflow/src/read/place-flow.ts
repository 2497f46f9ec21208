import { HOUR_MS } from "../ask/hour-range.ts";
import { type FlowFields, type FlowTime, type TimeCorrection, withSaneTimes } from "./exported-flow.ts";
import { MARGIN_MS, type NfcapdFile } from "./nfcapd-files.ts";

/** A flow with times that can be, and the hour whose log file it belongs to. */
export interface PlacedFlow {
  readonly fields: FlowFields;
  /** Hours since the epoch. */
  readonly hour: number;
  readonly correction: TimeCorrection | null;
  /** What was added to its times because its exporter's clock is wrong; 0: nothing. */
  readonly movedMs: number;
}

/** nfcapd rotates its files once a day at the latest. */
const LONGEST_FILE_MS = 86_400_000;

/**
 * Gives a flow of a file of nfcapd the hour it belongs to: of its start, if it was exported within the active time-out
 * after that hour, else of its reception. So whatever a file holds belongs to an hour that reads that file (mayHold).
 *
 * An end that is an hour later than the reception, or an hour and the active time-out earlier, is of a wrong clock: the
 * flow is moved so that it ended when it was received. Null when neither its times nor its reception make sense.
 */
export function placeFlow(
  given: FlowFields,
  received: FlowTime,
  file: NfcapdFile,
  activeMs: number,
): PlacedFlow | null {
  const at = receptionMs(msOf({ s: given.last_s, nanos: given.last_nanos }), msOf(received), file);
  const sane = withSaneTimes(given, timeOf(at));
  if (sane === null) return null;
  const { fields, correction } = sane;
  const endMs = msOf({ s: fields.last_s, nanos: fields.last_nanos });
  const isWrong = endMs > at + MARGIN_MS || endMs < at - activeMs - MARGIN_MS;
  const movedMs = isWrong ? at - endMs : 0;
  const placed = isWrong ? movedBy(fields, movedMs) : fields;
  const startHour = Math.floor(placed.first_s / (HOUR_MS / 1000));
  if (at < (startHour + 1) * HOUR_MS + activeMs) {
    return { fields: placed, hour: startHour, correction: isWrong ? "of a wrong clock" : correction, movedMs };
  }
  const hour = Math.floor(at / HOUR_MS);
  return { fields: placed, hour, correction: isWrong ? "of a wrong clock" : (correction ?? "exported late"), movedMs };
}

/**
 * When a flow was received. What the file says of it holds if it agrees with the file's name: files that nfpcapd makes of a
 * capture are named for the packets, yet say when they were made, and old versions say nothing. Then the flow's end is
 * believed, as far as it lies within the file.
 */
function receptionMs(lastMs: number, receivedMs: number, { startMs, endMs }: NfcapdFile): number {
  const isOfDay = receivedMs >= startMs - MARGIN_MS && receivedMs <= startMs + LONGEST_FILE_MS;
  const newestEndMs = isOfDay ? Math.max(receivedMs, startMs) : startMs + LONGEST_FILE_MS;
  const lastMoment = Number.isFinite(endMs) ? endMs : newestEndMs;
  if (receivedMs >= startMs - MARGIN_MS && receivedMs <= lastMoment + MARGIN_MS) return receivedMs;
  return Math.min(Math.max(lastMs, startMs), lastMoment);
}

function movedBy(fields: FlowFields, ms: number): FlowFields {
  const first = timeOf(msOf({ s: fields.first_s, nanos: fields.first_nanos }) + ms);
  const last = timeOf(msOf({ s: fields.last_s, nanos: fields.last_nanos }) + ms);
  return { ...fields, first_s: first.s, first_nanos: first.nanos, last_s: last.s, last_nanos: last.nanos };
}

/** nfdump tells whole milliseconds. */
function msOf({ s, nanos }: FlowTime): number {
  return s * 1000 + Math.floor(nanos / 1e6);
}

function timeOf(ms: number): FlowTime {
  return { s: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 };
}
