import type { observationTypes, RecordOf } from "@trafmon/observation";

/** A flow as a log line tells it, but for who exported it. */
export type FlowFields = Omit<RecordOf<typeof observationTypes.netflow>, "exporter">;

/** An instant: seconds since the epoch and nanoseconds. */
export interface FlowTime {
  readonly s: number;
  readonly nanos: number;
}

/**
 * What was done about times that cannot be: an end before the start was exchanged with it (softflowd 1.1.0 sends IPFIX so),
 * a flow of more than 7 days, or without times (nfcapd takes an exporter's first millisecond for none), was put into the
 * minute of its reception (SiLK does not know it: of its start), one of a wrong clock moved to it. One that was exported
 * late keeps its times, and only its hour is that of its reception.
 */
export type TimeCorrection =
  | "ended before it began"
  | "lasted more than 7 days"
  | "without times"
  | "of a wrong clock"
  | "exported late";

/** A unidirectional flow as its collector stored it. */
export interface ExportedFlow {
  /** Address of the router, or number of SiLK's sensor. */
  readonly exporter: string;
  readonly fields: FlowFields;
  /** The hour it belongs to, since the epoch. */
  readonly hour: number;
  readonly correction: TimeCorrection | null;
  /** What was added to its times because its exporter's clock is wrong; 0: nothing. */
  readonly movedMs: number;
}

/** Why a line of a tool was not taken. */
export type FlowFault = "not understood" | "bad time" | "no packets";

/** Told of every line that was not taken. */
export type FaultTeller = (fault: FlowFault, line: string) => void;

/** What reads flows for the hours asked for; a flow of another hour may come too. */
export interface FlowSource {
  /** Gives every flow that belongs to the hours [first, end), each once. */
  read(first: number, end: number, take: (flow: ExportedFlow) => void, tell: FaultTeller): Promise<void>;
  /** Told of files that could not be read whole. */
  readonly spoiltFiles: readonly string[];
  /** Whether every flow that began before `endMs` can be read by now. */
  isComplete(endMs: number, nowMs: number): boolean;
}

/** Beyond it the exporter's clock is broken; the loader refuses such a line. */
const LONGEST_FLOW_S = 7 * 86_400;
const MAX_SECOND = 2 ** 32 - 1;

/**
 * Puts a flow's times right where they cannot be, so that no byte is lost. Null when the start makes no sense, and neither
 * does `received`: when its collector got it, where that is known.
 */
export function withSaneTimes(
  given: FlowFields,
  received: FlowTime | null,
): { readonly fields: FlowFields; readonly correction: TimeCorrection | null } | null {
  const hasReception = received !== null && isPossible(received.s);
  if (given.first_s === 0 && given.last_s === 0) {
    return hasReception ? { fields: withTimes(given, received, received), correction: "without times" } : null;
  }
  const first = { s: given.first_s, nanos: given.first_nanos };
  const last = { s: given.last_s, nanos: given.last_nanos };
  const isTurned = nanosBetween(first, last) < 0;
  const [start, end] = isTurned ? [last, first] : [first, last];
  if (!isPossible(start.s) || !isPossible(end.s)) {
    return hasReception ? { fields: withTimes(given, received, received), correction: "without times" } : null;
  }
  if (nanosBetween(start, end) > LONGEST_FLOW_S * 1e9) {
    const at = hasReception ? received : start;
    return { fields: withTimes(given, at, at), correction: "lasted more than 7 days" };
  }
  return { fields: withTimes(given, start, end), correction: isTurned ? "ended before it began" : null };
}

function isPossible(s: number): boolean {
  return s > 0 && s <= MAX_SECOND;
}

/** Exact as far as the limit that it is compared with. */
function nanosBetween(from: FlowTime, to: FlowTime): number {
  return (to.s - from.s) * 1e9 + (to.nanos - from.nanos);
}

function withTimes(fields: FlowFields, first: FlowTime, last: FlowTime): FlowFields {
  return { ...fields, first_s: first.s, first_nanos: first.nanos, last_s: last.s, last_nanos: last.nanos };
}
