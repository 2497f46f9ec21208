import type { Period } from "../period.ts";
import { type Database, dayGrain, fromWhere, type VolumeQuestion } from "./volume-question.ts";

/** The largest of many, and sums of what is not listed one by one. */
export interface Ranking<T> {
  readonly top: readonly T[];
  /** Above the threshold, below the top. */
  readonly others: RestSums;
  /** Below the threshold. */
  readonly below: RestSums;
  readonly total: RestSums;
}

export interface RestSums {
  readonly members: number;
  /** From and to the host; from A to B and back for a pair. */
  readonly sent: bigint;
  readonly received: bigint;
}

/** What the prepared tables knew about an address. */
export interface HostWords {
  readonly address: string;
  readonly name: string | null;
  readonly activity: string | null;
  readonly location: string | null;
  readonly country: string | null;
  readonly asn: number | null;
  readonly asName: string | null;
}

export interface HostVolume {
  readonly host: HostWords;
  readonly sent: bigint;
  readonly received: bigint;
}

/** Two hosts that exchanged packets, whoever began; `a` has the lower address. */
export interface PairVolume {
  readonly a: HostWords;
  readonly b: HostWords;
  readonly aToB: bigint;
  readonly bToA: bigint;
}

const WORDS = ["host_name", "activity", "location", "country", "asn", "as_name"] as const;

export interface ListSize {
  readonly top: number;
  readonly thresholdBytes: bigint;
}

/** Hosts by what they sent and received: a byte counts at both of its ends. */
export async function askHosts(
  database: Database,
  question: VolumeQuestion,
  period: Period,
  size: ListSize,
): Promise<Ranking<HostVolume>> {
  const { text, values } = fromWhere(question, period, dayGrain(period));
  const side = (from: string, sent: string, received: string) =>
    `SELECT v.${from}_address AS address, ${WORDS.map((word) => `v.${from}_${word} AS ${word}`).join(", ")},
            v.${sent}_bytes AS sent, v.${received}_bytes AS received ${text}`;
  const hosts = `SELECT address, ${WORDS.map((word) => `MAX(${word}) AS ${word}`).join(", ")},
           SUM(sent) AS sent, SUM(received) AS received
      FROM (${side("src", "fwd", "rev")} UNION ALL ${side("dst", "rev", "fwd")}) AS ends
     GROUP BY address`;
  return await ranked(database, hosts, [...values, ...values], ["address"], size, (row) => ({
    host: wordsOf(row, ""),
    sent: BigInt(row.sent!),
    received: BigInt(row.received!),
  }));
}

/** Pairs of hosts by what they exchanged. */
export async function askPairs(
  database: Database,
  question: VolumeQuestion,
  period: Period,
  size: ListSize,
): Promise<Ranking<PairVolume>> {
  const { text, values } = fromWhere(question, period, dayGrain(period));
  const of = (lower: string, higher: string, as: string) =>
    WORDS.map((word) => `MAX(IF(${FORWARD_IS_A}, v.${lower}_${word}, v.${higher}_${word})) AS ${as}_${word}`).join(
      ", ",
    );
  const pairs = `SELECT ${A} AS a_address, ${B} AS b_address, ${of("src", "dst", "a")}, ${of("dst", "src", "b")},
           SUM(IF(${FORWARD_IS_A}, v.fwd_bytes, v.rev_bytes)) AS sent,
           SUM(IF(${FORWARD_IS_A}, v.rev_bytes, v.fwd_bytes)) AS received
    ${text}
     GROUP BY a_address, b_address`;
  return await ranked(database, pairs, values, ["a_address", "b_address"], size, (row) => ({
    a: wordsOf(row, "a_"),
    b: wordsOf(row, "b_"),
    aToB: BigInt(row.sent!),
    bToA: BigInt(row.received!),
  }));
}

/** IPv4 before IPv6, then by number: bytes alone would order by the first ones. */
const FORWARD_IS_A = `(LENGTH(v.src_address) < LENGTH(v.dst_address)
    OR (LENGTH(v.src_address) = LENGTH(v.dst_address) AND v.src_address <= v.dst_address))`;
export const A = `IF(${FORWARD_IS_A}, v.src_address, v.dst_address)`;
export const B = `IF(${FORWARD_IS_A}, v.dst_address, v.src_address)`;

type Row = Record<string, string | null>;

/** `grouped`: a query with `sent` and `received`, a row for each to be ranked. */
async function ranked<T>(
  database: Database,
  grouped: string,
  values: readonly unknown[],
  addresses: readonly string[],
  { top, thresholdBytes }: ListSize,
  read: (row: Row) => T,
): Promise<Ranking<T>> {
  const shown = addresses.map((address) => `INET6_NTOA(${address}) AS ${address}_text`).join(", ");
  const rows = await database.rows<Row>(
    `SELECT g.*, CAST(g.sent AS CHAR) AS sent, CAST(g.received AS CHAR) AS received, ${shown}
       FROM (${grouped}) AS g
      WHERE g.sent + g.received >= ? AND g.sent + g.received > 0
      ORDER BY g.sent + g.received DESC, ${addresses.map((address) => `LENGTH(${address}), ${address}`).join(", ")}
      LIMIT ${Math.floor(top)}`,
    [...values, String(thresholdBytes)],
  );
  const [sums] = await database.rows<Row>(
    `SELECT CAST(COUNT(*) AS CHAR) AS members, CAST(SUM(g.sent) AS CHAR) AS sent, CAST(SUM(g.received) AS CHAR) AS received,
            CAST(SUM(g.sent + g.received < ?) AS CHAR) AS below,
            CAST(SUM(IF(g.sent + g.received < ?, g.sent, 0)) AS CHAR) AS below_sent,
            CAST(SUM(IF(g.sent + g.received < ?, g.received, 0)) AS CHAR) AS below_received
       FROM (${grouped}) AS g
      WHERE g.sent + g.received > 0`,
    [...[1, 2, 3].map(() => String(thresholdBytes)), ...values],
  );
  const rest = (members: string, sent: string, received: string): RestSums => ({
    members: Number(sums?.[members] ?? 0),
    sent: BigInt(sums?.[sent] ?? 0),
    received: BigInt(sums?.[received] ?? 0),
  });
  const total = rest("members", "sent", "received");
  const below = rest("below", "below_sent", "below_received");
  const listed = rows.reduce(
    (sum, row) => ({ sent: sum.sent + BigInt(row.sent!), received: sum.received + BigInt(row.received!) }),
    { sent: 0n, received: 0n },
  );
  return {
    top: rows.map(read),
    below,
    total,
    others: {
      members: total.members - below.members - rows.length,
      sent: total.sent - below.sent - listed.sent,
      received: total.received - below.received - listed.received,
    },
  };
}

function wordsOf(row: Row, prefix: string): HostWords {
  return {
    address: row[`${prefix}address_text`] ?? "all addresses",
    name: row[`${prefix}host_name`] ?? null,
    activity: row[`${prefix}activity`] ?? null,
    location: row[`${prefix}location`] ?? null,
    country: row[`${prefix}country`] ?? null,
    asn: row[`${prefix}asn`] === null || row[`${prefix}asn`] === undefined ? null : Number(row[`${prefix}asn`]),
    asName: row[`${prefix}as_name`] ?? null,
  };
}
