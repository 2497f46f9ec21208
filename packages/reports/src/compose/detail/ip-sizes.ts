import type { DetailAsking } from "../../ask/detail/detail-asking.ts";
import { askSlices, type Slice } from "../../ask/detail/slices.ts";
import { shareOf } from "../figures.ts";
import type { Distribution, Table } from "../model.ts";
import { column, counterFindings, type Instance } from "./counters.ts";
import { barsOverTime, bothWays, WHY_NO_ROWS, waySums } from "./over-hours.ts";
import type { DetailFindings, DetailProtocol } from "./protocol.ts";

export const ipSizes: DetailProtocol = {
  name: "ip-sizes",
  title: "IP sizes",
  intro: "IP packets by their size, in the slices that the flow class counts them in.",
  topics: ["duplicates"],
  make: sizeFindings,
};

/** More layers than this cannot be told apart by colour. */
const MOST_LAYERS = 7;

async function sizeFindings(asking: DetailAsking): Promise<DetailFindings> {
  const slices = await askSlices(asking.database, "ipsz");
  return await counterFindings(asking, {
    table: {
      table: "ipsztable_1h",
      at: "bucket_start",
      sums: { packets: "SUM(x.fwd_packets) + SUM(x.rev_packets)", ...waySums("packets") },
      weight: "packets",
    },
    key: "CAST(x.slice_no AS CHAR)",
    overviewTitle: "Flows by packets",
    columns: [
      column("Packets", "packets", "count", (sums) => sums.packets ?? null),
      column("A to B", "a_to_b_packets", "count", (sums) => sums.fwd_packets ?? null),
      column("B to A", "b_to_a_packets", "count", (sums) => sums.rev_packets ?? null),
    ],
    blocks: (instance, period) => {
      const sizes = sizesOf(instance, slices);
      return [
        sizeTable(instance, sizes),
        sizeSpread(instance, sizes),
        barsOverTime(
          period,
          `${instance.id}-sizes-over-time`,
          "Packets by size",
          "count",
          layersOf(sizes).map((layer) => ({
            label: layer.label,
            pick: bothWays("packets"),
            hours: addedUp(instance, layer.keys),
          })),
        ),
      ];
    },
  });
}

interface Size {
  readonly slice: Slice;
  readonly key: string;
  readonly fwd: bigint;
  readonly rev: bigint;
}

function sizesOf(instance: Instance, slices: ReadonlyMap<string, Slice>): Size[] {
  return instance
    .keys()
    .flatMap((key): Size[] => {
      const slice = slices.get(key);
      if (slice === undefined) return [];
      const of = [...instance.hours(key).values()];
      const sum = (name: string) => of.reduce((total, sums) => total + (sums[name] ?? 0n), 0n);
      return [{ slice, key, fwd: sum("fwd_packets"), rev: sum("rev_packets") }];
    })
    .sort((a, b) => a.slice.lower - b.slice.lower);
}

/** `64 to 127 bytes`: slices are half-open. */
function sliceLabel({ lower, upper }: Pick<Slice, "lower" | "upper">): string {
  return upper === null
    ? `${lower} bytes and more`
    : upper - lower === 1
      ? `${lower} bytes`
      : `${lower} to ${upper - 1} bytes`;
}

function sizeTable({ id }: Instance, sizes: readonly Size[]): Table {
  const total = sizes.reduce((sum, { fwd, rev }) => sum + fwd + rev, 0n);
  return {
    kind: "table",
    name: `${id}-sizes`,
    title: "Packets by size",
    columns: [
      { label: "Size", kind: "text", csv: "size" },
      { label: "Packets", kind: "count", csv: "packets" },
      { label: "Share", kind: "share", csv: "share" },
      { label: "A to B", kind: "count", csv: "a_to_b_packets" },
      { label: "B to A", kind: "count", csv: "b_to_a_packets" },
    ],
    rows: sizes.map(({ slice, fwd, rev }) => ({
      role: "item",
      cells: [sliceLabel(slice), fwd + rev, shareOf(fwd + rev, total), fwd, rev],
    })),
    whyEmpty: WHY_NO_ROWS,
  };
}

function sizeSpread({ id }: Instance, sizes: readonly Size[]): Distribution {
  return {
    kind: "distribution",
    name: `${id}-size-spread`,
    title: "Spread of sizes",
    quantity: "volume",
    counted: "packets",
    logarithmic: true,
    bins: sizes.map(({ slice, fwd, rev }) => ({
      from: Math.max(1, slice.lower),
      until: slice.upper,
      count: fwd + rev,
    })),
    marks: [],
    note: "Within a slice, sizes are not told apart.",
    whyEmpty: WHY_NO_ROWS,
  };
}

/** Slices joined with their neighbours until colours tell them apart. */
function layersOf(sizes: readonly Size[]): { label: string; keys: string[] }[] {
  const width = Math.ceil(sizes.length / MOST_LAYERS);
  const layers: { label: string; keys: string[] }[] = [];
  for (let at = 0; at < sizes.length; at += width) {
    const members = sizes.slice(at, at + width);
    const [first, last] = [members[0]!.slice, members.at(-1)!.slice];
    layers.push({ label: sliceLabel({ lower: first.lower, upper: last.upper }), keys: members.map(({ key }) => key) });
  }
  return layers;
}

function addedUp(instance: Instance, keys: readonly string[]) {
  const hours = new Map<string, { fwd_packets: bigint; rev_packets: bigint }>();
  for (const key of keys) {
    for (const [hour, sums] of instance.hours(key)) {
      const sum = hours.get(hour) ?? { fwd_packets: 0n, rev_packets: 0n };
      sum.fwd_packets += sums.fwd_packets ?? 0n;
      sum.rev_packets += sums.rev_packets ?? 0n;
      hours.set(hour, sum);
    }
  }
  return hours;
}
