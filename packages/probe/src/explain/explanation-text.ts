import { addressText } from "@trafmon/observation";
import { endpointText, type FlowName } from "./flow-text.ts";
import type { ConnectionRecord, TracedSegment } from "./segment-trace.ts";
import { findingsOf } from "./verdict-text.ts";

/** Letters of the nine TCP flags, FIN first (RFC 9293 section 3.1; N is the former nonce sum of RFC 3540). */
const FLAG_LETTERS = "FSRPAUECN";

/** Columns of a segment, and how wide they are: numbers stand right, text left. */
const HEADING = line(["frame", "time", "", "flags", "seq", "ack", "len", "win", "verdict"]);

/** Lines for people: one for each segment, and a table for each connection record. */
export class ExplanationText {
  readonly #flow: FlowName;
  readonly #hasFiles: boolean;
  #path = "";
  #start: { readonly seconds: number; readonly nanos: number } | null = null;

  /** `hasFiles`: several are read, so that each is named where its frames begin. */
  constructor(flow: FlowName, hasFiles: boolean) {
    this.#flow = flow;
    this.#hasFiles = hasFiles;
  }

  /** What stands first. */
  get head(): string {
    const { left, right } = this.#flow;
    return `${endpointText(left)} (>) and ${endpointText(right)} (<)\n${HEADING}\n`;
  }

  segment(segment: TracedSegment): string {
    this.#start ??= { seconds: segment.seconds, nanos: segment.nanos };
    const { seconds, nanos } = this.#start;
    const at = (segment.seconds - seconds) * 1e9 + (segment.nanos - nanos);
    const file = this.#hasFiles && segment.path !== this.#path ? `${segment.path}:\n` : "";
    this.#path = segment.path;
    const hasHeader = segment.verdict !== null;
    return `${file}${line([
      String(segment.frame),
      (at / 1e9).toFixed(6),
      segment.from === "left" ? ">" : "<",
      flagLetters(segment.flags),
      hasHeader ? String(segment.sequence) : "",
      segment.acknowledgement === null ? "" : String(segment.acknowledgement),
      String(segment.payloadBytes),
      hasHeader ? String(segment.window) : "",
      findingsOf(segment)
        .map(({ text }) => text)
        .join("; "),
    ])}\n`;
  }

  record(record: ConnectionRecord): string {
    return `\n${recordText(record)}\n`;
  }
}

function line(cells: readonly string[]): string {
  const [frame, time, arrow, flags, sequence, acknowledgement, length, window, verdict] = cells as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const numbers = [frame.padStart(7), time.padStart(12), arrow.padEnd(1), flags.padEnd(4)];
  const rest = [sequence.padStart(10), acknowledgement.padStart(10), length.padStart(6), window.padStart(5), verdict];
  return [...numbers, ...rest].join(" ").trimEnd();
}

/** Letters of the flags that are set, the highest first; `.` for none. */
export function flagLetters(flags: number): string {
  const letters = [...FLAG_LETTERS].filter((_, bit) => flags & (1 << bit)).reverse();
  return letters.join("") || ".";
}

/** The record: what belongs to the connection in lines, what belongs to its directions in two columns. */
function recordText(record: ConnectionRecord): string {
  const values = Object.entries(record as Record<string, unknown>);
  const ends = [
    `${addressText(record.fwd_address)} port ${record.fwd_port}`,
    `${addressText(record.rev_address)} port ${record.rev_port}`,
  ];
  const kind = record.tail ? "What came after the end of connection" : "Connection";
  const lines = [`${kind} ${record.connection_id}, ${record.outcome}: ${ends[0]} (forward) to ${ends[1]} (reverse)`];
  for (const name of ["syn_seen", "established", "syn_synack_ns", "synack_ack_ns"] as const) {
    lines.push(`  ${named(name, record[name]).join("  ")}`);
  }
  lines.push(`  ${"".padEnd(26)}${"forward".padStart(16)}${"reverse".padStart(16)}`);
  for (const [name, value] of values) {
    const column = /^fwd_(.+)$/.exec(name)?.[1];
    if (column === undefined || /^(address|port|last_payload_(s|nanos))$/.test(column)) continue;
    const [label, forward] = named(column, value);
    const [, reverse] = named(column, (record as Record<string, unknown>)[`rev_${column}`]);
    lines.push(`  ${label.padEnd(26)}${forward.padStart(16)}${reverse.padStart(16)}`);
  }
  return lines.join("\n");
}

/** Name and value with its unit as people read it: durations in milliseconds. */
function named(name: string, value: unknown): [string, string] {
  const label = name.replace(/_ns$/, "").replaceAll("_", " ");
  if (value === null || value === undefined) return [label, "-"];
  if (name.endsWith("_ns")) return [label, `${(Number(value) / 1e6).toFixed(3)} ms`];
  if (typeof value === "boolean") return [label, value ? "yes" : "no"];
  return [label, String(value)];
}
