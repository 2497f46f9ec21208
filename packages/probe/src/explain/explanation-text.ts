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
    const hasHeader = segment.verdict !== null || segment.isCopy;
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
  const kind = record.tail ? "After the end of connection" : "Connection";
  const lines = [
    `${kind} ${record.connection_id}, ${record.outcome}: ${end(record, "fwd")} (forward) to ${end(record, "rev")} (reverse)`,
    `  ${instantText(record.started_s, record.started_nanos)} to ${instantText(record.ended_s, record.ended_nanos)}`,
  ];
  const handshake = (["syn_seen", "established", "syn_synack_ns", "synack_ack_ns"] as const).map((name) => {
    const [label, value] = named(name, record[name]);
    return `${label} ${value}`;
  });
  lines.push(`  ${handshake.join(", ")}`, columns("", "forward", "reverse"));
  const empty: string[] = [];
  for (const { name, forward, reverse } of directedValues(record)) {
    const [label, left] = named(name, forward);
    const [, right] = named(name, reverse);
    const isCause = name.startsWith("retransmit_");
    if (!isNothing(name, forward) || !isNothing(name, reverse)) lines.push(columns(label, left, right));
    else if (!isCause) empty.push(label);
    if (name === "retransmit_unfs" && hasRetransmissions(record))
      lines.push(columns("sent again by the sender", ...sentAgain(record)));
  }
  if (empty.length > 0) lines.push("  none both ways:", ...wrapped(empty.join(", "), 100, "    "));
  return lines.join("\n");
}

function hasRetransmissions(record: ConnectionRecord): boolean {
  return record.fwd_retransmitted_segments + record.rev_retransmitted_segments > 0;
}

/** What the network did not do: neither delayed nor doubled by it. */
function sentAgain(record: ConnectionRecord): [string, string] {
  return [
    String(record.fwd_retransmitted_segments - record.fwd_retransmit_reor - record.fwd_retransmit_dup),
    String(record.rev_retransmitted_segments - record.rev_retransmit_reor - record.rev_retransmit_dup),
  ];
}

function end(record: ConnectionRecord, way: "fwd" | "rev"): string {
  return endpointText({ address: record[`${way}_address`], port: record[`${way}_port`] });
}

interface DirectedValue {
  readonly name: string;
  readonly forward: unknown;
  readonly reverse: unknown;
}

/** The columns of both directions, but for what the first line says and what stands in two columns. */
function directedValues(record: ConnectionRecord): DirectedValue[] {
  const values = record as Record<string, unknown>;
  return Object.keys(values).flatMap((key) => {
    const name = /^fwd_(.+)$/.exec(key)?.[1];
    if (name === undefined || /^(address|port|last_payload_(s|nanos))$/.test(name)) return [];
    return [{ name, forward: values[key], reverse: values[`rev_${name}`] }];
  });
}

/** A count of 0, or what was not measured. */
function isNothing(name: string, value: unknown): boolean {
  return (value === 0 && !name.endsWith("_ns")) || value === null || value === false;
}

function columns(label: string, forward: string, reverse: string): string {
  return `  ${label.padEnd(26)}${forward.padStart(16)}${reverse.padStart(16)}`.trimEnd();
}

/** Words of a text in lines of a width. */
function wrapped(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(indent + word);
  }
  return lines;
}

/** RFC 3339, UTC, to the nanosecond. */
function instantText(seconds: number, nanos: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, "0")}Z`;
}

/** Name and value with its unit as people read it: durations in milliseconds. */
function named(name: string, value: unknown): [string, string] {
  const label = name
    .replace(/_ns$/, "")
    .replace(/^retransmit_/, "  of it ")
    .replaceAll("_", " ");
  if (value === null || value === undefined) return [label, "-"];
  if (name.endsWith("_ns")) return [label, `${(Number(value) / 1e6).toFixed(3)} ms`];
  if (typeof value === "boolean") return [label, value ? "yes" : "no"];
  return [label, String(value)];
}
