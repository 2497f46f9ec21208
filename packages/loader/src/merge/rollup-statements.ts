import { aggregateOf, sourceOf } from "../load/hour-sums.ts";
import type { TableColumn } from "../load/table-columns.ts";
import type { TypePlan } from "../load/type-plan.ts";

export interface Rollup {
  readonly suffix: "_1m" | "_1h" | "_1d";
  readonly bucketS: number;
}

/** Aggregates kept of every counter type. */
export const ROLLUPS: readonly Rollup[] = [
  { suffix: "_1m", bucketS: 60 },
  { suffix: "_1h", bucketS: 3600 },
  { suffix: "_1d", bucketS: 86_400 },
];

/** Start of the bucket that a row's interval lies in; buckets divide the day. */
function bucketStart({ bucketS }: Rollup): string {
  if (bucketS === 86_400) return "TIMESTAMP(DATE(s.interval_start))";
  return `TIMESTAMP(DATE(s.interval_start)) + INTERVAL TIME_TO_SEC(TIME(s.interval_start)) DIV ${bucketS} * ${bucketS} SECOND`;
}

/**
 * Adds the staged rows of a counter type to one of its aggregates: intervals that exist are updated, others appended.
 * An interval longer than the bucket goes into the longer buckets only.
 *
 * Minutes are added row by row, since most rows have a minute of their own; what goes into longer buckets is grouped
 * first. The result is the same.
 */
export function rollupStatement(plan: TypePlan, rollup: Rollup, columns: readonly TableColumn[]): string {
  const isGrouped = rollup.suffix !== "_1m";
  const keys = columns.filter((each) => each.inPrimaryKey).map((each) => each.name);
  const values = columns.filter((each) => !each.inPrimaryKey).map((each) => each.name);
  const selected = [
    ...keys.map((name) => keyExpression(name, rollup)),
    ...values.map((name) => valueExpression(name, isGrouped)),
  ];
  const probeJoin = keys.includes("probe_no") ? " JOIN probe_run r ON r.run_no = s.run_no" : "";
  return [
    `INSERT INTO \`${plan.table}${rollup.suffix}\` (${[...keys, ...values].map(quoted).join(", ")})`,
    `SELECT ${selected.join(", ")}`,
    `FROM ${plan.staging} s${probeJoin}`,
    `WHERE s.interval_s <= ${rollup.bucketS}`,
    ...(isGrouped ? [`GROUP BY ${keys.map((_, index) => index + 1).join(", ")}`] : []),
    onDuplicate(`${plan.table}${rollup.suffix}`, values),
  ].join(" ");
}

/** Adds sums by hour, made while the lines were read, to the hours or days. */
export function hourSumsStatement(plan: TypePlan, rollup: Rollup, columns: readonly TableColumn[]): string {
  const keys = columns.filter((each) => each.inPrimaryKey).map((each) => each.name);
  const values = columns.filter((each) => !each.inPrimaryKey).map((each) => each.name);
  const selected = [...keys, ...values].map((name) => {
    if (name === "covered_s") return "0";
    return name === "bucket_start" && rollup.suffix === "_1d" ? "TIMESTAMP(DATE(s.bucket_start))" : `s.\`${name}\``;
  });
  return [
    `INSERT INTO \`${plan.table}${rollup.suffix}\` (${[...keys, ...values].map(quoted).join(", ")})`,
    `SELECT ${selected.join(", ")} FROM ${plan.hourStaging} s`,
    onDuplicate(`${plan.table}${rollup.suffix}`, values),
  ].join(" ");
}

function onDuplicate(table: string, values: readonly string[]): string {
  return `ON DUPLICATE KEY UPDATE ${values.map((name) => updateExpression(table, name)).join(", ")}`;
}

/** Adds the staged histogram rows of a type to one of its tables. */
export function histogramStatement(plan: TypePlan, rollup: Rollup): string {
  const keys = ["bucket_start", ...plan.histogramKey, "histogram_bucket"];
  const selected = [bucketStart(rollup), ...plan.histogramKey.map((name) => `s.${name}`), "s.histogram_bucket"];
  return [
    `INSERT INTO \`${plan.histogramStem}${rollup.suffix}\` (${keys.join(", ")}, samples)`,
    `SELECT ${selected.join(", ")}, SUM(s.samples) FROM ${plan.sideStaging} s`,
    `GROUP BY ${keys.map((_, index) => index + 1).join(", ")}`,
    "ON DUPLICATE KEY UPDATE samples = samples + VALUES(samples)",
  ].join(" ");
}

const quoted = (name: string) => `\`${name}\``;

function keyExpression(name: string, rollup: Rollup): string {
  if (name === "bucket_start") return bucketStart(rollup);
  // Until Update_ftp_data_in_ipcttable says otherwise.
  if (name === "attributed_flow_no") return "s.flow_no AS attributed_flow_no";
  return name === "probe_no" ? "r.probe_no" : `s.\`${name}\``;
}

function valueExpression(name: string, isGrouped: boolean): string {
  // The capture's coverage is set by a statement of its own; deltas of one interval would count it twice.
  if (name === "covered_s") return "0";
  const source = `s.\`${sourceOf(name)}\``;
  return isGrouped ? `${aggregateOf(name)}(${source})` : source;
}

/** Named with its table, since the rows selected have columns of the same names. */
function updateExpression(table: string, name: string): string {
  const column = `\`${table}\`.${quoted(name)}`;
  if (name === "covered_s") return `${column} = ${column}`;
  const added = `VALUES(${quoted(name)})`;
  const aggregate = aggregateOf(name);
  if (aggregate === "SUM") return `${column} = ${column} + ${added}`;
  const choose = aggregate === "MIN" ? "LEAST" : "GREATEST";
  // Both are NULL when one is: then the other one counts.
  return `${column} = COALESCE(${choose}(${column}, ${added}), ${column}, ${added})`;
}
