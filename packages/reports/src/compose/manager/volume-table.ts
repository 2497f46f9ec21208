import { changeOf, plural, shareOf } from "../figures.ts";
import type { Cell, Role, Table, TableColumn, TableRow } from "../model.ts";
import { type Ranked, topList } from "../top-list.ts";
import type { ListLimits } from "./limits.ts";

/** A further column of a list, which is added up for what is not listed one by one. */
export interface ExtraColumn<T> {
  readonly column: TableColumn;
  readonly value: (item: T) => bigint;
}

export interface VolumeTableOptions<T extends Ranked> {
  readonly name: string;
  readonly title: string;
  /** Heading of the first column, and its name in the CSV. */
  readonly what: string;
  readonly csv: string;
  readonly items: readonly T[];
  /** The same in the period before, by label. */
  readonly before: ReadonlyMap<string, bigint>;
  readonly extra: readonly ExtraColumn<T>[];
  readonly limits: ListLimits;
  readonly note?: string;
  readonly whyEmpty: string;
}

/** A list of the largest with share, exact bytes and change; what is not listed stands in rows of its own. */
export function volumeTable<T extends Ranked>(options: VolumeTableOptions<T>): Table {
  const { items, extra, before, limits } = options;
  const total = items.reduce((sum, item) => sum + item.bytes, 0n);
  const present = items.filter((item) => item.bytes > 0n || extra.some(({ value }) => value(item) > 0n));
  const { top, others, below } = topList(present, limits.top, limits.thresholdBytes);
  const listed = new Set(present.map((item) => item.label));
  // What had volume before and has none now is part of the change of what is not listed.
  const gone = [...before].reduce((sum, [label, bytes]) => (listed.has(label) ? sum : sum + bytes), 0n);
  const rowOf = (role: Role, label: string, members: readonly T[], goneBytes = 0n): TableRow => {
    const bytes = members.reduce((sum, each) => sum + each.bytes, 0n);
    const then = members.reduce((sum, each) => sum + (before.get(each.label) ?? 0n), goneBytes);
    const extras = extra.map(({ value }): Cell => members.reduce((sum, each) => sum + value(each), 0n));
    return { role, cells: [label, bytes, shareOf(bytes, total), bytes, ...extras, changeOf(bytes, then)] };
  };
  const rows = [
    ...top.map((item) => rowOf("item", item.label, [item])),
    ...(others.length > 0 ? [rowOf("others", `Others (${plural(others.length, "more", "more")})`, others)] : []),
    ...(below.length > 0 ? [rowOf("below", `Below threshold (${below.length})`, below)] : []),
  ];
  return {
    kind: "table",
    name: options.name,
    title: options.title,
    columns: [
      { label: options.what, kind: "text", csv: options.csv },
      { label: "Volume", kind: "volume", csv: "volume_bytes" },
      { label: "Share", kind: "share", csv: "share" },
      { label: "Bytes", kind: "count", csv: "bytes" },
      ...extra.map(({ column }) => column),
      { label: "Change", kind: "change", csv: "change" },
    ],
    rows: rows.length === 0 ? [] : [...rows, rowOf("total", "Total", present, gone)],
    ...(options.note === undefined ? {} : { note: options.note }),
    whyEmpty: options.whyEmpty,
  };
}
