import type { Period } from "../period.ts";
import { utcText } from "../time-grid.ts";

/** What a volume report wants to know. */
export interface VolumeQuestion {
  readonly source: "probe" | "netflow";
  readonly period: Period;
  /** Numbers of the probes whose volumes are added; null: all. */
  readonly probes: readonly number[] | null;
  /** Of NetFlow: addresses of the exporters whose volumes are added; none given: all. */
  readonly exporters?: readonly string[];
  readonly flowClass: string | null;
  /** Each: one side of the flow at least. null: any. */
  readonly activity: string | null;
  readonly location: string | null;
  /** Host name or address. */
  readonly host: string | null;
  /**
   * UTC hours (`YYYY-MM-DD HH:00:00`) that a midnight of the zone cuts and that minutes can tell apart; none where days
   * begin on the hour.
   */
  readonly cutHours?: readonly string[];
  /** How many hours a midnight cuts that nothing can tell apart. */
  readonly wholeHours?: number;
}

/** The little of a database that a report needs. */
export interface Database {
  /** Rows of one statement; `?` stand for the values. 64-bit integers and sums come as strings or bigint. */
  rows<T extends object>(sql: string, values?: readonly unknown[]): Promise<T[]>;
}

/** Names of traffic ends that ipInfo.ini does not name. */
export const INTERNET = "Internet";
export const UNASSIGNED = "Unassigned";

const WORDS = ["host_name", "activity", "location", "country", "city", "asn", "as_name"] as const;

/**
 * Minutes with the columns of a prepared table: volumes stand under the flow they are attributed to, and change places
 * where that one was opened from the other end, as in aggregate_day. `where`: which minutes.
 */
function minutes(where: string): string {
  const words = (side: string, table: string) => WORDS.map((word) => `${table}.${word} AS ${side}_${word}`).join(", ");
  return `
    SELECT x.bucket_start, f.probe_no, p.name AS probe, f.class_no, c.name AS class,
           COALESCE(f.fwd_address, '') AS src_address, COALESCE(f.rev_address, '') AS dst_address,
           COALESCE(f.service, CASE f.protocol WHEN 6 THEN 'other tcp' WHEN 17 THEN 'other udp' WHEN 1 THEN 'icmp'
                                    WHEN 58 THEN 'ipv6-icmp' ELSE CONCAT('protocol ', f.protocol) END) AS service,
           COALESCE(f.protocol, 256) AS protocol, ${words("src", "s")}, ${words("dst", "d")},
           IF(${turned()}, x.rev_bytes, x.fwd_bytes) AS fwd_bytes, IF(${turned()}, x.fwd_bytes, x.rev_bytes) AS rev_bytes,
           IF(${turned()}, x.rev_packets, x.fwd_packets) AS fwd_packets,
           IF(${turned()}, x.fwd_packets, x.rev_packets) AS rev_packets
      FROM ipcttable_1m AS x
      JOIN flow AS own ON own.flow_no = x.flow_no
      JOIN flow AS f ON f.flow_no = x.attributed_flow_no
      JOIN flow_class AS c ON c.class_no = f.class_no
      JOIN probe AS p ON p.probe_no = f.probe_no
      LEFT JOIN ipInfotable AS s ON s.address = f.fwd_address
      LEFT JOIN ipInfotable AS d ON d.address = f.rev_address
     WHERE f.account = 1 AND ${where}`;
}

/** Key figures of the prepared tables: they exist by hour only. */
const FIGURES = [
  ...["opened", "established", "closed", "reset", "refused", "timed_out"].map((how) => `connections_${how}`),
  ...["tcp_packets", "retransmitted_segments", "zero_windows", "rtt_samples", "rtt_sum_ns"].flatMap((figure) => [
    `fwd_${figure}`,
    `rev_${figure}`,
  ]),
  ...["started", "completed", "failed", "aborted", "unseen"].map((what) => `ftp_transfers_${what}`),
  "ftp_bytes",
  "ftp_duration_ns",
];
const KEYS = [
  "bucket_start",
  "probe_no",
  "probe",
  "class_no",
  "class",
  "src_address",
  "dst_address",
  "service",
  "protocol",
];
const VOLUMES = ["fwd_bytes", "rev_bytes", "fwd_packets", "rev_packets"];

/**
 * Hours of a prepared table, those that a midnight cuts by their minutes. Key figures of a cut hour stay together, on the
 * side where the hour begins.
 */
function hoursCut(table: string, cutHours: readonly string[], period: Period): string {
  const described = [...KEYS, ...["src", "dst"].flatMap((side) => WORDS.map((word) => `${side}_${word}`))];
  const hours = cutHours.map((hour) => `'${hour}'`).join(", ");
  const span = (column: string) =>
    `${column} >= '${utcText(period.fromMs)}' AND ${column} < '${utcText(period.untilMs)}'`;
  const isCut = cutHours.map((hour) => `x.bucket_start >= '${hour}' AND x.bucket_start < '${hour}' + INTERVAL 1 HOUR`);
  const zeros = (columns: readonly string[]) => columns.map((column) => `0 AS ${column}`).join(", ");
  const all = [...described, ...VOLUMES, ...FIGURES].join(", ");
  return `(
    SELECT ${all} FROM ${table} WHERE ${span("bucket_start")} AND bucket_start NOT IN (${hours})
    UNION ALL
    SELECT ${described.join(", ")}, ${zeros(VOLUMES)}, ${FIGURES.join(", ")} FROM ${table}
     WHERE ${span("bucket_start")} AND bucket_start IN (${hours})
    UNION ALL
    SELECT ${described.join(", ")}, ${VOLUMES.join(", ")}, ${zeros(FIGURES)}
      FROM (${minutes(`${span("x.bucket_start")} AND (${isCut.join(" OR ")})`)}) AS m)`;
}

function turned(): string {
  return "(own.fwd_address = f.rev_address AND own.fwd_address <> f.fwd_address) IS TRUE";
}

interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Where a side of a flow is: described in ipInfo.ini, somewhere else, or at an address that is nowhere (private, multicast). */
export function placeOf(side: "src" | "dst"): string {
  return `CASE WHEN v.${side}_activity IS NOT NULL OR v.${side}_location IS NOT NULL THEN 'own'
              WHEN v.${side}_address = '' OR ${side}_info.kind IS NOT NULL THEN 'special'
              ELSE 'internet' END`;
}

/**
 * FROM and WHERE over the prepared table `v` of a question, `src_info` and `dst_info` beside it.
 * `grain`: days are only asked for where the period's days are UTC days.
 */
export function fromWhere(question: VolumeQuestion, period: Period, grain: "1m" | "1h" | "1d"): Sql {
  const prepared = question.source === "netflow" ? "activityvolumetable_netflow" : "activityvolumetable";
  const cut = grain === "1h" ? (question.cutHours ?? []) : [];
  const table =
    grain === "1m"
      ? `(${minutes("TRUE")})`
      : cut.length > 0
        ? hoursCut(`${prepared}_1h`, cut, period)
        : `${prepared}_${grain}`;
  const conditions = ["v.bucket_start >= ?", "v.bucket_start < ?"];
  const values: unknown[] = [utcText(period.fromMs), utcText(period.untilMs)];
  const add = (condition: string, ...given: unknown[]) => {
    conditions.push(condition);
    values.push(...given);
  };
  if (question.probes !== null)
    add(`v.probe_no IN (${question.probes.map(() => "?").join(", ") || "NULL"})`, ...question.probes);
  if (question.exporters !== undefined)
    add(`v.probe IN (${question.exporters.map(() => "?").join(", ")})`, ...question.exporters);
  if (question.flowClass !== null) add("v.class = ?", question.flowClass);
  if (question.activity !== null) addEnd(add, "activity", question.activity);
  if (question.location !== null) addEnd(add, "location", question.location);
  if (question.host !== null) {
    const { host } = question;
    add(
      "(v.src_host_name = ? OR v.dst_host_name = ? OR v.src_address = INET6_ATON(?) OR v.dst_address = INET6_ATON(?))",
      ...[host, host, host, host],
    );
  }
  const text = `
   FROM ${table} AS v
   LEFT JOIN ipInfotable AS src_info ON src_info.address = v.src_address
   LEFT JOIN ipInfotable AS dst_info ON dst_info.address = v.dst_address
  WHERE ${conditions.join("\n    AND ")}`;
  return { text, values };
}

/** A side is also met by the name that reports give to what ipInfo.ini does not name. */
function addEnd(add: (condition: string, ...given: unknown[]) => void, what: string, name: string): void {
  const sides = (["src", "dst"] as const).map((side) => {
    if (name === INTERNET)
      return `v.${side}_${what} = ? OR (v.${side}_${what} IS NULL AND ${placeOf(side)} = 'internet')`;
    if (name === UNASSIGNED)
      return `v.${side}_${what} = ? OR (v.${side}_${what} IS NULL AND ${placeOf(side)} <> 'internet')`;
    return `v.${side}_${what} = ?`;
  });
  add(`(${sides.join(" OR ")})`, name, name);
}

/** A bucket's start on the clocks of the period's zone. */
export function localStart(period: Period, column = "v.bucket_start"): string {
  const spans = period.zone.offsetSpans(period.fromMs, period.untilMs);
  const shifted = (minutes: number) => (minutes === 0 ? column : `${column} + INTERVAL ${minutes} MINUTE`);
  if (spans.length === 1) return `(${shifted(spans[0]!.offsetMinutes)})`;
  const cases = spans
    .slice(1)
    .reverse()
    .map((span) => `WHEN ${column} >= '${utcText(span.fromMs)}' THEN ${shifted(span.offsetMinutes)}`);
  return `(CASE ${cases.join(" ")} ELSE ${shifted(spans[0]!.offsetMinutes)} END)`;
}

/** The coarsest prepared table whose buckets the period's days are made of. */
export function dayGrain(period: Period): "1h" | "1d" {
  return period.zone.name === "UTC" ? "1d" : "1h";
}
