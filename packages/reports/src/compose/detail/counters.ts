import type { DetailAsking } from "../../ask/detail/detail-asking.ts";
import { askFlowHours } from "../../ask/detail/flow-series.ts";
import { askFlows, type FlowTable, type FlowWords, type RankedFlows, type Sums } from "../../ask/detail/flows.ts";
import { plural } from "../figures.ts";
import type { Block, Cell, ColumnKind, Table, TableRow } from "../model.ts";
import type { Hours } from "./over-hours.ts";
import { type DetailFindings, FLOW_COLUMNS, flowCells, flowIntro, flowTitle, instanceId } from "./protocol.ts";

/** A column of an overview, made of sums. */
export interface OverviewColumn {
  readonly label: string;
  readonly kind: ColumnKind;
  readonly csv: string;
  readonly csvOnly?: boolean;
  readonly cell: (sums: Sums) => Cell;
}

export interface Instance {
  readonly flow: FlowWords;
  readonly sums: Sums;
  readonly id: string;
  /** Without a key, or of one key. */
  hours(key?: string): Hours;
  keys(): string[];
}

export interface CounterReport {
  readonly table: FlowTable;
  /** SQL of what tells rows of an hour apart. */
  readonly key?: string;
  readonly overviewTitle: string;
  readonly columns: readonly OverviewColumn[];
  readonly blocks: (instance: Instance, asking: DetailAsking) => readonly Block[];
}

/** A protocol whose hours are added up: sums of each flow, and what its pages make of its hours. */
export async function counterFindings(asking: DetailAsking, report: CounterReport): Promise<DetailFindings> {
  const { database, scope } = asking;
  const ranked = await askFlows(database, scope, report.table);
  const numbers = ranked.flows.map(({ flow }) => flow.number);
  const hours = await askFlowHours(database, scope, report.table, numbers, report.key);
  return findingsOf(ranked, report, (instance) => report.blocks(instance, asking), hours);
}

/** Overview and pages of ranked flows. `hours`: shape flow, key, hour. */
export function findingsOf(
  ranked: RankedFlows,
  { overviewTitle, columns }: Pick<CounterReport, "overviewTitle" | "columns">,
  blocks: (instance: Instance) => readonly Block[],
  hours: ReadonlyMap<string, ReadonlyMap<string, Hours>> = new Map(),
): DetailFindings {
  const instances = ranked.flows.map(({ flow, sums }, at): Instance => {
    const byKey = hours.get(flow.number) ?? new Map<string, Hours>();
    return {
      flow,
      sums,
      id: instanceId(at),
      hours: (key = "") => byKey.get(key) ?? new Map(),
      keys: () => [...byKey.keys()],
    };
  });
  return {
    wholeHours: ranked.wholeHours,
    overview: overviewOf(ranked, instances, overviewTitle, columns),
    instances: instances.map((instance) => ({
      id: instance.id,
      title: flowTitle(instance.flow),
      intro: flowIntro(instance.flow),
      blocks: blocks(instance),
    })),
  };
}

function overviewOf(
  { rest, total }: RankedFlows,
  instances: readonly Instance[],
  title: string,
  columns: readonly OverviewColumn[],
): Table {
  const rows: TableRow[] = instances.map(({ flow, sums, id }) => ({
    role: "item",
    to: id,
    cells: [...flowCells(flow), ...columns.map(({ cell }) => cell(sums))],
  }));
  const blank = Array<Cell>(FLOW_COLUMNS.length - 1).fill("");
  if (rest.flows > 0) {
    const label = `Others (${plural(rest.flows, "flow")})`;
    rows.push({ role: "others", cells: [label, ...blank, ...columns.map(({ cell }) => cell(rest.sums))] });
  }
  if (rows.length > 0)
    rows.push({ role: "total", cells: ["Total", ...blank, ...columns.map(({ cell }) => cell(total))] });
  return {
    kind: "table",
    name: "overview",
    title,
    columns: [...FLOW_COLUMNS, ...columns.map(({ cell: _, ...column }) => column)],
    rows,
    whyEmpty: "No flow that meets the patterns has any in this period.",
  };
}

export function column(label: string, csv: string, kind: ColumnKind, cell: OverviewColumn["cell"]): OverviewColumn {
  return { label, csv, kind, cell };
}
