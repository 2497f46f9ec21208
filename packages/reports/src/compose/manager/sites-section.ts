import type { Traffic } from "../../ask/traffic.ts";
import { endName } from "../ends.ts";
import { changeOf, plural, shareOf } from "../figures.ts";
import type { Section, Table, TableRow } from "../model.ts";
import { topList } from "../top-list.ts";
import type { ListLimits } from "./limits.ts";

interface SitePair {
  readonly label: string;
  readonly one: string;
  readonly other: string;
  bytes: bigint;
  /** From `one` to `other`; all of it where both are the same. */
  there: bigint;
  back: bigint;
}

/** Volume between locations, both ways. */
export function sitesSection(locations: readonly Traffic[], before: readonly Traffic[], limits: ListLimits): Section {
  return {
    title: "Site to site",
    intro: "Volume between each two locations, and within each, both ways.",
    blocks: [sitesTable(pairsOf(locations), pairsOf(before), limits)],
  };
}

/** Adds up by unordered pair of locations. */
function pairsOf(traffic: readonly Traffic[]): SitePair[] {
  const pairs = new Map<string, SitePair>();
  for (const { src, dst, fwdBytes, revBytes } of traffic) {
    const [from, to] = [endName(src, "location"), endName(dst, "location")];
    const [one, other] = from < to ? [from, to] : [to, from];
    const key = JSON.stringify([one, other]);
    const pair = pairs.get(key) ?? { label: key, one, other, bytes: 0n, there: 0n, back: 0n };
    pair.bytes += fwdBytes + revBytes;
    if (from === one) {
      pair.there += fwdBytes;
      pair.back += revBytes;
    } else {
      pair.there += revBytes;
      pair.back += fwdBytes;
    }
    pairs.set(key, pair);
  }
  return [...pairs.values()];
}

function sitesTable(pairs: readonly SitePair[], before: readonly SitePair[], limits: ListLimits): Table {
  const present = pairs.filter((pair) => pair.bytes > 0n);
  const total = present.reduce((sum, pair) => sum + pair.bytes, 0n);
  const then = new Map(before.map((pair) => [pair.label, pair.bytes]));
  const { top, others, below } = topList(present, limits.top, limits.thresholdBytes);
  const sumRow = (role: TableRow["role"], label: string, members: readonly SitePair[], thenBytes: bigint): TableRow => {
    const bytes = members.reduce((sum, pair) => sum + pair.bytes, 0n);
    return { role, cells: [label, "", bytes, shareOf(bytes, total), bytes, null, null, changeOf(bytes, thenBytes)] };
  };
  const thenOf = (members: readonly SitePair[]) =>
    members.reduce((sum, pair) => sum + (then.get(pair.label) ?? 0n), 0n);
  const rows: TableRow[] = top.map((pair) => {
    const within = pair.one === pair.other;
    const ways = within ? [null, null] : [pair.there, pair.back];
    const change = changeOf(pair.bytes, then.get(pair.label) ?? 0n);
    const names = [pair.one, within ? "(within)" : pair.other];
    return { role: "item", cells: [...names, pair.bytes, shareOf(pair.bytes, total), pair.bytes, ...ways, change] };
  });
  if (others.length > 0)
    rows.push(sumRow("others", `Others (${plural(others.length, "pair")})`, others, thenOf(others)));
  if (below.length > 0)
    rows.push(sumRow("below", `Below threshold (${plural(below.length, "pair")})`, below, thenOf(below)));
  if (rows.length > 0) {
    rows.push(
      sumRow(
        "total",
        "Total",
        present,
        [...then.values()].reduce((sum, bytes) => sum + bytes, 0n),
      ),
    );
  }
  return {
    kind: "table",
    name: "site-to-site",
    title: "Largest pairs of locations",
    columns: [
      { label: "Location A", kind: "text", csv: "location_a" },
      { label: "Location B", kind: "text", csv: "location_b" },
      { label: "Volume", kind: "volume", csv: "volume_bytes" },
      { label: "Share", kind: "share", csv: "share" },
      { label: "Bytes", kind: "count", csv: "bytes" },
      { label: "A to B", kind: "volume", csv: "a_to_b_bytes" },
      { label: "B to A", kind: "volume", csv: "b_to_a_bytes" },
      { label: "Change", kind: "change", csv: "change" },
    ],
    rows,
    whyEmpty: "No volume in this period.",
  };
}
