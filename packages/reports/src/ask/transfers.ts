import type { Period } from "../period.ts";
import { type Database, dayGrain, fromWhere, localStart, type VolumeQuestion } from "./volume-question.ts";

/** FTP transfers by what became of them. */
export interface TransferSums {
  readonly started: bigint;
  readonly completed: bigint;
  readonly failed: bigint;
  readonly aborted: bigint;
  readonly unseen: bigint;
  /** Payload. */
  readonly bytes: bigint;
  /** First to last payload byte, added up. */
  readonly durationNs: bigint;
}

/** By the names that `readTransfers` reads. */
export const TRANSFER_SUMS = {
  started: "v.ftp_transfers_started",
  completed: "v.ftp_transfers_completed",
  failed: "v.ftp_transfers_failed",
  aborted: "v.ftp_transfers_aborted",
  unseen: "v.ftp_transfers_unseen",
  bytes: "v.ftp_bytes",
  durationNs: "v.ftp_duration_ns",
} as const;

const COLUMNS = Object.entries(TRANSFER_SUMS)
  .map(([name, sum]) => `CAST(SUM(${sum}) AS CHAR) AS ${name}`)
  .join(", ");

/** By day of the period's zone. */
export async function askTransferDays(
  database: Database,
  question: VolumeQuestion,
  period: Period,
): Promise<Map<string, TransferSums>> {
  const rows = await ask(database, question, period, `DATE_FORMAT(${localStart(period)}, '%Y-%m-%d')`);
  return new Map(rows);
}

/** By server: name where it is known, else address. */
export async function askTransferServers(
  database: Database,
  question: VolumeQuestion,
  period: Period,
): Promise<[server: string, sums: TransferSums][]> {
  return await ask(database, question, period, "COALESCE(v.dst_host_name, INET6_NTOA(v.dst_address), 'all addresses')");
}

async function ask(
  database: Database,
  question: VolumeQuestion,
  period: Period,
  by: string,
): Promise<[string, TransferSums][]> {
  if (question.source === "netflow") return [];
  const { text, values } = fromWhere(question, period, dayGrain(period));
  const rows = await database.rows<Record<string, string>>(
    `SELECT ${by} AS name, ${COLUMNS} ${text} AND v.ftp_transfers_started > 0 GROUP BY name`,
    values,
  );
  return rows.map((row) => [row.name!, readTransfers(row)]);
}

/** Out of a row with the columns of `TRANSFER_SUMS`. */
export function readTransfers(row: Record<string, string>): TransferSums {
  const sums = Object.keys(TRANSFER_SUMS).map((name) => [name, BigInt(row[name]!)]);
  return Object.fromEntries(sums) as unknown as TransferSums;
}

export function addTransfers(all: readonly TransferSums[]): TransferSums {
  const sum = (pick: (each: TransferSums) => bigint) => all.reduce((total, each) => total + pick(each), 0n);
  return {
    started: sum((each) => each.started),
    completed: sum((each) => each.completed),
    failed: sum((each) => each.failed),
    aborted: sum((each) => each.aborted),
    unseen: sum((each) => each.unseen),
    bytes: sum((each) => each.bytes),
    durationNs: sum((each) => each.durationNs),
  };
}

/** Payload bits a second while a transfer was on; null: no time passed. */
export function throughput({ bytes, durationNs }: TransferSums): number | null {
  return durationNs === 0n ? null : (Number(bytes) * 8e9) / Number(durationNs);
}
