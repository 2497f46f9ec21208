import type { Period } from "../period.ts";
import { type Database, fromWhere, placeOf, type VolumeQuestion } from "./volume-question.ts";

/** Volume of one UTC hour by where it went, as seen from one's own and local networks. */
export interface HourlyDirections {
  /** `YYYY-MM-DD HH:MM:SS` UTC. */
  readonly bucket: string;
  readonly inBytes: bigint;
  readonly outBytes: bigint;
  /** Between one's own or local hosts. */
  readonly withinBytes: bigint;
  /** Between two Internet hosts. */
  readonly throughBytes: bigint;
}

/** Hours that have volume, in no order. */
export async function askDirections(
  database: Database,
  question: VolumeQuestion,
  period: Period,
): Promise<HourlyDirections[]> {
  const { text, values } = fromWhere(question, period, "1h");
  const rows = await database.rows<Record<string, string>>(
    `SELECT DATE_FORMAT(v.bucket_start, '%Y-%m-%d %H:%i:%s') AS bucket,
        ${placeOf("src")} = 'internet' AS src_out, ${placeOf("dst")} = 'internet' AS dst_out,
        CAST(SUM(v.fwd_bytes) AS CHAR) AS fwd_bytes, CAST(SUM(v.rev_bytes) AS CHAR) AS rev_bytes
   ${text}
  GROUP BY v.bucket_start, src_out, dst_out`,
    values,
  );
  return rows.map((row) => {
    const [fwd, rev] = [BigInt(row.fwd_bytes!), BigInt(row.rev_bytes!)];
    const [srcOut, dstOut] = [Number(row.src_out) === 1, Number(row.dst_out) === 1];
    const both = fwd + rev;
    const isCrossing = srcOut !== dstOut;
    return {
      bucket: row.bucket!,
      inBytes: isCrossing ? (srcOut ? fwd : rev) : 0n,
      outBytes: isCrossing ? (srcOut ? rev : fwd) : 0n,
      withinBytes: srcOut || dstOut ? 0n : both,
      throughBytes: srcOut && dstOut ? both : 0n,
    };
  });
}
