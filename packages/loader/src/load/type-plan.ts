import {
  type Column,
  type ColumnKind,
  logColumns,
  type ObservationName,
  type ObservationType,
  observationTypes,
} from "@trafmon/observation";
import { atMost, bucketLimitOf, type FieldLimit, limitOf, nameLimitOf } from "./checked-lines.ts";
import type { TableColumn } from "./table-columns.ts";

/** A histogram column and the rows it becomes: key fields, direction where it has one, interval, bucket, samples. */
export interface HistogramPlan {
  readonly field: number;
  readonly direction: "fwd" | "rev" | null;
}

/** What becomes of a field in its row. */
export type FieldForm = "as it stands" | "instant" | "second" | "flow" | "class" | "slice";

export interface FieldPlan {
  readonly form: FieldForm;
  /** Column or variable of LOAD DATA that takes it. */
  readonly target: string;
  /** What the staging table takes where a row is without this field; null: every row has it. */
  readonly defaultText: string | null;
}

/** Fields of a log line, by what the loader does with them. -1: the type has none. */
export interface FieldPlaces {
  readonly flowId: number;
  readonly class: number;
  readonly slice: number;
  readonly dataFlowId: number;
  /** The time that decides the row's partition. */
  readonly time: number;
}

/** How the lines of a type become rows of its table. */
export interface TypePlan {
  readonly type: ObservationType;
  readonly name: ObservationName;
  readonly table: string;
  readonly staging: string;
  /** Staging table of what a line becomes besides its row: buckets of its histograms, of NetFlow the minutes. */
  readonly sideStaging: string;
  /** Staging table of the lines' sums by hour. */
  readonly hourStaging: string;
  readonly places: FieldPlaces;
  /** Of every field of a line, the leading ones included. Shape: [fields]. */
  readonly fields: readonly FieldPlan[];
  /** Whether rows sorted by flow are in the order of the table's primary key. */
  readonly isKeyedByFlow: boolean;
  readonly limits: readonly FieldLimit[];
  /** Columns of the staging table that are the table's, in its order. */
  readonly columns: readonly string[];
  /** For LOAD DATA: file_no, line_no, run_no, record_no, then a column or variable per field, then derived ones. */
  readonly loadColumns: readonly string[];
  readonly loadSet: readonly string[];
  readonly histograms: readonly HistogramPlan[];
  /** Tables `<stem>_1h` and `_1d` of the histograms, and their key without time and bucket. */
  readonly histogramStem: string | null;
  readonly histogramKey: readonly string[];
}

/** Column that decides the partition of a type's rows; counters have `interval_start`. */
const TIME_COLUMNS: Readonly<Partial<Record<ObservationName, string>>> = {
  tcpcx: "started",
  ftptf: "commanded",
  trans: "requested",
  owlat: "seen",
  owts: "seen",
  event: "at",
  netflow: "first",
  ident: "valid_from",
};

const HISTOGRAM_TABLES: Readonly<Partial<Record<ObservationName, { stem: string; key: readonly string[] }>>> = {
  tcpct: { stem: "tcprtttable", key: ["flow_no", "direction"] },
  twoway: { stem: "twowaydelaytable", key: ["flow_no", "protocol"] },
  owct: { stem: "owlatencytable", key: ["class_no", "from_hop", "to_hop"] },
};

/** These say something else than their name: numbers of slices, not of buckets. */
const NO_BUCKETS = new Set(["slices"]);

/** Columns that are set by procedures, or from another column when rows leave the staging table. */
const NOT_STAGED = new Set(["attributed_flow_no", "account_flow_no", "attributed_at"]);

/** Staging table of netflowtable_1m. */
export const MINUTES_STAGING = "stage_netflow_minute";

/** A longer interval would lie in no hour, and the reports' tables are made of hours. Probes have none. */
const LONGEST_INTERVAL_S = 3600;

/** Fields before the type's own, and the columns that take what stands for them. */
const LEADING = ["file_no", "run_no", "record_no"];
export const LEADING_FIELDS = LEADING.length;

const ID_FORMS: Readonly<Record<string, FieldForm>> = { flow_no: "flow", class_no: "class", slice_no: "slice" };

const NUMBER_KINDS: ReadonlySet<string> = new Set(["count", "signed", "wide", "duration", "offset", "bool"]);

/** Of counters, as etc/xml/tmon.xml comes. */
const USUAL_INTERVAL_S = "60";

export function planOf(name: ObservationName, tables: ReadonlyMap<string, readonly TableColumn[]>): TypePlan {
  const type: ObservationType = observationTypes[name];
  const table = `${name}table`;
  const tableColumns = tables.get(table);
  if (tableColumns === undefined) throw new Error(`the table ${table} is missing`);
  const byName = new Map(tableColumns.map((each) => [each.name, each]));
  const place = (column: string) => {
    const index = type.columns.findIndex((each) => each.name === column);
    return index < 0 ? -1 : index + LEADING_FIELDS;
  };
  const loadColumns = ["file_no", "line_no", "run_no", "record_no"];
  const fields: FieldPlan[] = LEADING.map((target) => ({ form: "as it stands", target, defaultText: null }));
  const loadSet: string[] = [];
  const side = HISTOGRAM_TABLES[name];
  const limits: FieldLimit[] = listLimits(type, tables);
  const logNames = logColumns(type).slice(LEADING_FIELDS);
  type.columns.forEach((column, index) => {
    const target = targetName(name, column.name, column.kind);
    const found = byName.get(target);
    if (found === undefined) throw new Error(`the table ${table} has no column ${target} for ${logNames[index]}`);
    if (column.kind === "address") {
      loadColumns.push(`@${column.name}`);
      loadSet.push(`\`${target}\` = INET6_ATON(@${column.name})`);
    } else {
      loadColumns.push(`\`${target}\``);
      // Ids become numbers of ours, which fit.
      const isAsItStands = formOf(target, column.kind) === "as it stands";
      const limit = isAsItStands ? limitOf(index + LEADING_FIELDS, logNames[index]!, found) : null;
      if (limit !== null) limits.push(limit);
      if (column.kind === "histogram" && side !== undefined && !NO_BUCKETS.has(column.name)) {
        const bucket = tables.get(`${side.stem}_1h`)?.find((each) => each.name === "histogram_bucket");
        if (bucket !== undefined) limits.push(bucketLimitOf(index + LEADING_FIELDS, column.name, bucket));
      }
      if (column.name === "interval_s") limits.push(atMost(LONGEST_INTERVAL_S, index + LEADING_FIELDS, column.name));
    }
    const form = formOf(target, column.kind);
    fields.push({ form, target: loadColumns.at(-1)!, defaultText: form === "as it stands" ? defaultOf(column) : null });
  });
  if (name === "ftptf") loadColumns.push("data_flow_no");
  if (name === "netflow") loadColumns.push("file_hour");
  return {
    type,
    name,
    table,
    staging: `stage_${name}`,
    sideStaging: name === "netflow" ? MINUTES_STAGING : `stage_${name}_histogram`,
    hourStaging: `stage_${name}_hour`,
    places: {
      flowId: place("flow_id"),
      class: place("class"),
      slice: name === "ipsz" ? place("slice") : -1,
      dataFlowId: place("data_flow_id"),
      time: place(TIME_COLUMNS[name] ?? "interval_start"),
    },
    fields,
    isKeyedByFlow: tableColumns.find((each) => each.inPrimaryKey)?.name === "flow_no",
    limits,
    columns: tableColumns.map((each) => each.name).filter((each) => !NOT_STAGED.has(each)),
    loadColumns,
    loadSet,
    histograms: type.columns.flatMap((column, index) =>
      column.kind === "histogram" && !NO_BUCKETS.has(column.name)
        ? [{ field: index + LEADING_FIELDS, direction: directionOf(column.name) }]
        : [],
    ),
    histogramStem: side?.stem ?? null,
    histogramKey: side?.key ?? [],
  };
}

/** Limits of the fields that name a probe and a class, which are in lists of their own. */
export function listLimits(type: ObservationType, tables: ReadonlyMap<string, readonly TableColumn[]>): FieldLimit[] {
  const names = ["probe", ...LEADING.slice(1), ...type.columns.map((column) => column.name)];
  return names.flatMap((column, field) => {
    const list = field === 0 ? "probe" : column === "class" ? "flow_class" : null;
    const target = list === null ? undefined : tables.get(list)?.find((each) => each.name === "name");
    return target === undefined ? [] : [nameLimitOf(field, column, target)];
  });
}

function formOf(target: string, kind: ColumnKind): FieldForm {
  if (kind === "instant" || kind === "second") return kind;
  return ID_FORMS[target] ?? "as it stands";
}

/** What most lines of most types hold in a column; null where nothing can be said. */
function defaultOf({ name, kind, nullable }: Column): string | null {
  if (!NUMBER_KINDS.has(kind)) return null;
  if (nullable === true) return "\\N";
  return name === "interval_s" ? USUAL_INTERVAL_S : "0";
}

/** Name of a type's column in its table. */
export function targetName(type: ObservationName, column: string, kind: string): string {
  if (column === "flow_id") return "flow_no";
  if (column === "class") return "class_no";
  if (type === "ipsz" && column === "slice") return "slice_no";
  return kind === "duration" || kind === "offset" ? `${column}_ns` : column;
}

function directionOf(column: string): "fwd" | "rev" | null {
  if (column.startsWith("fwd_")) return "fwd";
  return column.startsWith("rev_") ? "rev" : null;
}
