import type { TimeAxis } from "../compose/model.ts";
import type { Period } from "../period.ts";
import { A, B, type PairVolume } from "./rankings.ts";
import { readTcp, TCP_SUMS, type TcpFigures } from "./services.ts";
import { bucketOf, grainOf } from "./traffic.ts";
import { readTransfers, TRANSFER_SUMS, type TransferSums } from "./transfers.ts";
import { type Database, dayGrain, fromWhere, type VolumeQuestion } from "./volume-question.ts";

/** Bytes of a pair of hosts by stretch of time: `Traffic.bucket`. */
export type PairTimes = ReadonlyMap<string, bigint>;

/** What a pair of hosts did, service by service, largest first. */
export type PairServices = readonly PairService[];

export interface PairService {
  readonly service: string;
  readonly bytes: bigint;
  readonly packets: bigint;
  /** null: no TCP. */
  readonly tcp: TcpFigures | null;
  readonly transfers: TransferSums | null;
}

/** In the order of `pairs`. */
export async function askPairTimes(
  database: Database,
  question: VolumeQuestion,
  period: Period,
  pairs: readonly PairVolume[],
  unit: TimeAxis["unit"],
): Promise<PairTimes[]> {
  if (pairs.length === 0) return [];
  const grain = grainOf(period, unit);
  const { text, values } = fromWhere(question, period, grain);
  const rows = await database.rows<Record<string, string>>(
    `SELECT INET6_NTOA(${A}) AS a, INET6_NTOA(${B}) AS b, ${bucketOf(period, unit)} AS bucket,
        CAST(SUM(v.fwd_bytes) + SUM(v.rev_bytes) AS CHAR) AS bytes
   ${text} AND ${isOneOf(pairs)}
  GROUP BY a, b, bucket`,
    [...values, ...addressesOf(pairs)],
  );
  return pairs.map(
    (pair) => new Map(rows.filter((row) => isOf(row, pair)).map((row) => [row.bucket!, BigInt(row.bytes!)])),
  );
}

/** In the order of `pairs`. */
export async function askPairServices(
  database: Database,
  question: VolumeQuestion,
  period: Period,
  pairs: readonly PairVolume[],
): Promise<PairServices[]> {
  if (pairs.length === 0) return [];
  const { text, values } = fromWhere(question, period, dayGrain(period));
  const isProbe = question.source === "probe";
  const sums = Object.entries(isProbe ? { ...TCP_SUMS, ...TRANSFER_SUMS } : {})
    .map(([name, sum]) => `, CAST(SUM(${sum}) AS CHAR) AS ${name}`)
    .join("");
  const rows = await database.rows<Record<string, string>>(
    `SELECT INET6_NTOA(${A}) AS a, INET6_NTOA(${B}) AS b, v.service AS service,
        CAST(SUM(v.fwd_bytes) + SUM(v.rev_bytes) AS CHAR) AS volume,
        CAST(SUM(v.fwd_packets) + SUM(v.rev_packets) AS CHAR) AS packets${sums}
   ${text} AND ${isOneOf(pairs)}
  GROUP BY a, b, v.service
  ORDER BY (SUM(v.fwd_bytes) + SUM(v.rev_bytes)) DESC, v.service`,
    [...values, ...addressesOf(pairs)],
  );
  return pairs.map((pair) =>
    rows
      .filter((row) => isOf(row, pair))
      .map((row) => ({
        service: row.service!,
        bytes: BigInt(row.volume!),
        packets: BigInt(row.packets!),
        tcp: isProbe && row.segments !== "0" ? readTcp(row) : null,
        transfers: isProbe && row.started !== "0" ? readTransfers(row) : null,
      })),
  );
}

function isOneOf(pairs: readonly PairVolume[]): string {
  const one = "(v.src_address = INET6_ATON(?) AND v.dst_address = INET6_ATON(?))";
  return `(${pairs.flatMap(() => [one, one]).join(" OR ")})`;
}

function addressesOf(pairs: readonly PairVolume[]): string[] {
  return pairs.flatMap(({ a, b }) => [a.address, b.address, b.address, a.address]);
}

function isOf(row: Record<string, string>, { a, b }: PairVolume): boolean {
  return row.a === a.address && row.b === b.address;
}
