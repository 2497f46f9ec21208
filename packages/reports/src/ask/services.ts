import type { Period } from "../period.ts";
import { type Database, dayGrain, fromWhere, type VolumeQuestion } from "./volume-question.ts";

/** A service's volume, and how TCP fared with it. Counts are of both directions. */
export interface ServiceTraffic {
  readonly service: string;
  readonly bytes: bigint;
  readonly packets: bigint;
  readonly tcp: TcpFigures | null;
}

export interface TcpFigures {
  readonly opened: bigint;
  readonly refused: bigint;
  readonly reset: bigint;
  readonly timedOut: bigint;
  readonly segments: bigint;
  readonly retransmitted: bigint;
  readonly zeroWindows: bigint;
}

/** By the names that `readTcp` reads. */
export const TCP_SUMS = {
  opened: "v.connections_opened",
  refused: "v.connections_refused",
  reset: "v.connections_reset",
  timed_out: "v.connections_timed_out",
  segments: "v.fwd_tcp_packets + v.rev_tcp_packets",
  retransmitted: "v.fwd_retransmitted_segments + v.rev_retransmitted_segments",
  zero_windows: "v.fwd_zero_windows + v.rev_zero_windows",
};

export async function askServices(
  database: Database,
  question: VolumeQuestion,
  period: Period,
): Promise<ServiceTraffic[]> {
  const { text, values } = fromWhere(question, period, dayGrain(period));
  const tcpSums = Object.entries(question.source === "probe" ? TCP_SUMS : {})
    .map(([name, sum]) => `, CAST(SUM(${sum}) AS CHAR) AS ${name}`)
    .join("");
  const rows = await database.rows<Record<string, string>>(
    `SELECT v.service AS service, CAST(SUM(v.fwd_bytes) + SUM(v.rev_bytes) AS CHAR) AS bytes,
        CAST(SUM(v.fwd_packets) + SUM(v.rev_packets) AS CHAR) AS packets${tcpSums}
   ${text}
  GROUP BY v.service`,
    values,
  );
  return rows.map((row) => ({
    service: row.service!,
    bytes: BigInt(row.bytes!),
    packets: BigInt(row.packets!),
    tcp: question.source === "probe" && row.segments !== "0" ? readTcp(row) : null,
  }));
}

/** Out of a row with the columns of `TCP_SUMS`. */
export function readTcp(row: Record<string, string>): TcpFigures {
  return {
    opened: BigInt(row.opened!),
    refused: BigInt(row.refused!),
    reset: BigInt(row.reset!),
    timedOut: BigInt(row.timed_out!),
    segments: BigInt(row.segments!),
    retransmitted: BigInt(row.retransmitted!),
    zeroWindows: BigInt(row.zero_windows!),
  };
}
