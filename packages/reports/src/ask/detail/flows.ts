import type { Database } from "../volume-question.ts";
import { patternSql } from "./address-patterns.ts";
import { askHourSums, askRowSources, type RowSource, type RowSources } from "./row-sources.ts";
import type { DetailScope } from "./scope.ts";

/** A flow as people name it. `fwd` sent its forward packets: the client, where a client could be told. */
export interface FlowWords {
  readonly number: string;
  readonly fwd: EndWords;
  readonly rev: EndWords;
  readonly service: string | null;
  readonly protocol: number | null;
  readonly className: string;
  readonly probe: string;
}

export interface EndWords {
  /** null: the class does not tell hosts apart. */
  readonly address: string | null;
  readonly prefixLength: number | null;
  readonly port: number | null;
  readonly name: string | null;
}

/** A value of an aggregate: integers exactly. */
export type Sums = Readonly<Record<string, bigint | null>>;

export interface RankedFlows {
  /** Largest first. */
  readonly flows: readonly { readonly flow: FlowWords; readonly sums: Sums }[];
  /** What has no pages of its own. */
  readonly rest: { readonly flows: number; readonly sums: Sums };
  readonly total: Sums;
  /** UTC hours that a midnight of the zone cuts and that nothing can tell apart. */
  readonly wholeHours: readonly string[];
}

export interface FlowTable {
  readonly table: string;
  /** Column of the instant that decides whether a row is in the period. */
  readonly at: string;
  /** Name to aggregate over `x`, a whole number each. */
  readonly sums: Readonly<Record<string, string>>;
  /** Name of the sum that ranks the flows. */
  readonly weight: string;
}

interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
}

type Row = Record<string, string | null>;

/** FROM and WHERE over the rows `x` of a source that belong to flows in scope, the flow `f` beside them. */
function scopeSql(scope: DetailScope, { table, where }: RowSource): Sql {
  const { probes, flowClass } = scope;
  const pattern = patternSql(scope.patterns);
  const conditions = [where, pattern.text];
  const values: unknown[] = [...pattern.values];
  if (probes !== null) {
    conditions.push(`f.probe_no IN (${probes.map(() => "?").join(", ") || "NULL"})`);
    values.push(...probes);
  }
  if (flowClass !== null) {
    conditions.push("c.name = ?");
    values.push(flowClass);
  }
  return {
    text: `
     FROM ${table} AS x
     JOIN flow AS f ON f.flow_no = x.flow_no
     JOIN flow_class AS c ON c.class_no = f.class_no
    WHERE ${conditions.join("\n      AND ")}`,
    values,
  };
}

/** Where the rows of the flows in scope stand. */
export async function askFlowSources(database: Database, scope: DetailScope, table: FlowTable): Promise<RowSources> {
  return await askRowSources(table, scope.period, (source) =>
    askHourSums(database, table.at, table.sums[table.weight]!, scopeSql(scope, source)),
  );
}

/** The flows in scope that a table has rows of, largest first, and sums of the others. */
export async function askFlows(database: Database, scope: DetailScope, table: FlowTable): Promise<RankedFlows> {
  const { sources, wholeHours } = await askFlowSources(database, scope, table);
  const sums = sumsSql(table);
  const parts = new Map<string, Sums[]>();
  for (const source of sources) {
    const { text, values } = scopeSql(scope, source);
    const rows = await database.rows<Row>(
      `SELECT CAST(f.flow_no AS CHAR) AS number, ${sums} ${text} GROUP BY f.flow_no`,
      values,
    );
    for (const row of rows) parts.set(row.number!, [...(parts.get(row.number!) ?? []), readSums(row, table)]);
  }
  const ranked = [...parts]
    .map(([number, of]) => ({ number, sums: addSums(table, of) }))
    .sort((a, b) => {
      const [x, y] = [a.sums[table.weight] ?? 0n, b.sums[table.weight] ?? 0n];
      return x === y ? Number(a.number) - Number(b.number) : x > y ? -1 : 1;
    });
  const listed = ranked.slice(0, scope.most);
  const words = await askWords(
    database,
    listed.map(({ number }) => number),
  );
  const others = ranked.slice(scope.most);
  const add = (members: readonly { sums: Sums }[]): Sums =>
    addSums(
      table,
      members.map((each) => each.sums),
    );
  return {
    flows: listed.map(({ number, sums: of }) => ({ flow: words.get(number)!, sums: of })),
    rest: { flows: others.length, sums: add(others) },
    total: add(ranked),
    wholeHours,
  };
}

/** Aggregates of parts as those of the whole. */
export function addSums({ sums }: Pick<FlowTable, "sums">, parts: readonly Sums[]): Sums {
  return Object.fromEntries(
    Object.entries(sums).map(([name, sql]) => [
      name,
      combine(
        sql,
        parts.map((each) => each[name] ?? null),
      ),
    ]),
  );
}

/** Adds aggregates of parts up to those of the whole. */
function combine(sql: string, parts: readonly (bigint | null)[]): bigint | null {
  const known = parts.filter((part) => part !== null);
  if (known.length === 0) return null;
  const rising = known.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if (sql.startsWith("MIN(")) return rising[0]!;
  if (sql.startsWith("MAX(")) return rising.at(-1)!;
  return known.reduce((sum, each) => sum + each, 0n);
}

export function sumsSql({ sums }: Pick<FlowTable, "sums">): string {
  return Object.entries(sums)
    .map(([name, sql]) => `CAST(${sql} AS CHAR) AS \`${name}\``)
    .join(", ");
}

export function readSums(row: Row, { sums }: Pick<FlowTable, "sums">): Sums {
  return Object.fromEntries(
    Object.keys(sums).map((name) => [name, row[name] === null || row[name] === undefined ? null : BigInt(row[name])]),
  );
}

async function askWords(database: Database, numbers: readonly string[]): Promise<Map<string, FlowWords>> {
  if (numbers.length === 0) return new Map();
  const rows = await database.rows<Row>(
    `SELECT CAST(f.flow_no AS CHAR) AS number, INET6_NTOA(f.fwd_address) AS fwd_address, INET6_NTOA(f.rev_address) AS rev_address,
            CAST(f.fwd_prefix_length AS CHAR) AS fwd_prefix, CAST(f.rev_prefix_length AS CHAR) AS rev_prefix,
            CAST(f.fwd_port AS CHAR) AS fwd_port, CAST(f.rev_port AS CHAR) AS rev_port,
            s.host_name AS fwd_name, d.host_name AS rev_name, f.service AS service, CAST(f.protocol AS CHAR) AS protocol,
            c.name AS class_name, p.name AS probe
       FROM flow AS f
       JOIN flow_class AS c ON c.class_no = f.class_no
       JOIN probe AS p ON p.probe_no = f.probe_no
       LEFT JOIN ipInfotable AS s ON s.address = f.fwd_address
       LEFT JOIN ipInfotable AS d ON d.address = f.rev_address
      WHERE f.flow_no IN (${numbers.map(() => "?").join(", ")})`,
    numbers,
  );
  const number = (text: string | null | undefined) => (text === null || text === undefined ? null : Number(text));
  const end = (row: Row, side: string): EndWords => ({
    address: row[`${side}_address`] ?? null,
    prefixLength: number(row[`${side}_prefix`]),
    port: number(row[`${side}_port`]),
    name: row[`${side}_name`] ?? null,
  });
  return new Map(
    rows.map((row) => [
      row.number!,
      {
        number: row.number!,
        fwd: end(row, "fwd"),
        rev: end(row, "rev"),
        service: row.service ?? null,
        protocol: number(row.protocol),
        className: row.class_name!,
        probe: row.probe!,
      },
    ]),
  );
}
