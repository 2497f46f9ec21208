import { type LogRecord, LogRecords } from "../read/log-records.ts";
import { COLLECTORS, type CollectorName, type SoakPrograms } from "./soak-programs.ts";

/** Events that a soak has nothing to do with: none of these may come. */
const BAD_EVENTS = [
  "records_lost",
  "records_refused",
  "sequences_missing",
  "definitions_missing",
  "pdu_malformed",
  "journal_missing",
  "logs_unwritable",
];

/** What the logs of a soak hold against what must be. */
export interface SoakBalance {
  /** Everything that is wrong, in words. */
  readonly faults: readonly string[];
  /** Records of probes in the logs of each collector. */
  readonly records: Readonly<Record<CollectorName, number>>;
  readonly runs: number;
  /** By the probe's capture statistics: frames captured and frames dropped. */
  captured(probe: string): { readonly captured: number; readonly dropped: number };
}

/**
 * Judges the logs: in each collector's, the records of every run and type count 1, 2, 3 ... in order, each once; the
 * two collectors, which got everything apart from each other, have the same lines; and of every run that stopped in
 * order, packets captured = packets counted.
 */
export function judgeSoak(programs: SoakPrograms, probes: readonly string[]): SoakBalance {
  const faults: string[] = [];
  const records = { c: 0, d: 0 };
  const lines = new Map<CollectorName, Map<string, string>>();
  const logs = new Map(COLLECTORS.map((name) => [name, new LogRecords(programs.logs(name))]));
  for (const [name, read] of logs) {
    const own = new Map<string, string>();
    lines.set(name, own);
    for (const type of read.types) {
      const last = new Map<string, number>();
      for (const record of read.of(type)) {
        const { probe, run, record_no } = record;
        const at = `${type} of ${probe} ${run}`;
        const before = last.get(at) ?? 0;
        if (Number(record_no) !== before + 1) faults.push(`collector ${name}, ${at}: ${record_no} after ${before}`);
        last.set(at, Number(record_no));
        if (!probes.includes(probe!)) continue;
        records[name]++;
        own.set(`${at} ${record_no}`, JSON.stringify(record));
      }
    }
    for (const { code, origin, parameters } of read.of("event")) {
      if (BAD_EVENTS.includes(code!)) faults.push(`collector ${name}: event ${code} of ${origin}: ${parameters}`);
    }
  }
  const [one, other] = [lines.get("c")!, lines.get("d")!];
  for (const [key, line] of one) {
    const there = other.get(key);
    // What a killed probe had sent and not spooled only one of them may have: the end of a run, so numbers still fit.
    if (there !== undefined && there !== line) faults.push(`${key} differs: ${line} and ${there}`);
  }
  const ended = new Set(
    logs
      .get("c")!
      .of("event")
      .filter(({ code }) => code === "probe_stopped")
      .map(({ probe, run }) => `${probe} ${run}`),
  );
  const isOfEnded = (key: string) => ended.has(key.split(" ").slice(2, 4).join(" "));
  for (const [mine, theirs, name] of [
    [one, other, "d"],
    [other, one, "c"],
  ] as const) {
    const missing = [...mine.keys()].filter((key) => isOfEnded(key) && !theirs.has(key));
    if (missing.length > 0) faults.push(`collector ${name} lacks ${missing.length} records, as ${missing[0]}`);
  }
  const read = logs.get("c")!;
  for (const run of ended) faults.push(...imbalance(read, run));
  const captured = (probe: string) => {
    const own = read.of("capst").filter((record) => record.probe === probe);
    const dropped = sum(own, "kernel_dropped") + sum(own, "card_dropped") + sum(own, "queue_dropped");
    return { captured: sum(own, "packets"), dropped };
  };
  const runs = new Set([...one.keys()].map((key) => key.split(" ").slice(2, 4).join(" "))).size;
  return { faults, records, runs, captured };
}

/** Packets matched by the capture statistics are those that the counters hold. */
function imbalance(read: LogRecords, ofRun: string): string[] {
  const own = (type: string) => read.of(type).filter(({ probe, run }) => `${probe} ${run}` === ofRun);
  const matched = sum(own("capst"), "matched");
  const counted = sum(own("ipct"), "fwd_packets") + sum(own("ipct"), "rev_packets");
  return matched === counted ? [] : [`${ofRun}: ${matched} packets were matched and ${counted} are counted`];
}

function sum(records: readonly LogRecord[], column: string): number {
  return records.reduce((total, record) => total + Number(record[column]), 0);
}
