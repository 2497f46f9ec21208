import { bucketLowerNs } from "@trafmon/observation";
import type { Period } from "../period.ts";
import { type Database, dayGrain, fromWhere, sqlInstant, type VolumeQuestion } from "./volume-question.ts";

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
  /** Means of round trips, nanoseconds: from the tap to the server and back, to the client and back. */
  readonly serverRttMeanNs: number | null;
  readonly clientRttMeanNs: number | null;
}

const TCP_SUMS = {
  opened: "v.connections_opened",
  refused: "v.connections_refused",
  reset: "v.connections_reset",
  timed_out: "v.connections_timed_out",
  segments: "v.fwd_tcp_packets + v.rev_tcp_packets",
  retransmitted: "v.fwd_retransmitted_segments + v.rev_retransmitted_segments",
  zero_windows: "v.fwd_zero_windows + v.rev_zero_windows",
  fwd_rtt_sum: "v.fwd_rtt_sum_ns",
  fwd_rtt_samples: "v.fwd_rtt_samples",
  rev_rtt_sum: "v.rev_rtt_sum_ns",
  rev_rtt_samples: "v.rev_rtt_samples",
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
    `SELECT v.service AS service, CAST(SUM(v.fwd_bytes + v.rev_bytes) AS CHAR) AS bytes,
        CAST(SUM(v.fwd_packets + v.rev_packets) AS CHAR) AS packets${tcpSums}
   ${text}
  GROUP BY v.service`,
    values,
  );
  return rows.map((row) => ({
    service: row.service!,
    bytes: BigInt(row.bytes!),
    packets: BigInt(row.packets!),
    tcp: question.source === "probe" && row.segments !== "0" ? tcpOf(row) : null,
  }));
}

function tcpOf(row: Record<string, string>): TcpFigures {
  const mean = (sum: string, samples: string) => (samples === "0" ? null : Number(sum) / Number(samples));
  return {
    opened: BigInt(row.opened!),
    refused: BigInt(row.refused!),
    reset: BigInt(row.reset!),
    timedOut: BigInt(row.timed_out!),
    segments: BigInt(row.segments!),
    retransmitted: BigInt(row.retransmitted!),
    zeroWindows: BigInt(row.zero_windows!),
    serverRttMeanNs: mean(row.fwd_rtt_sum!, row.fwd_rtt_samples!),
    clientRttMeanNs: mean(row.rev_rtt_sum!, row.rev_rtt_samples!),
  };
}

/** Medians of TCP round trips, nanoseconds, exact to the histogram's 3 %. */
export interface RttMedians {
  readonly serverNs: number | null;
  readonly clientNs: number | null;
}

/** Per service, from histograms of all traffic: filters on activity, location, host or class do not apply to them. */
export async function askRttMedians(
  database: Database,
  question: VolumeQuestion,
  period: Period,
): Promise<Map<string, RttMedians>> {
  const probes = question.probes === null ? "" : `AND probe_no IN (${question.probes.map(() => "?").join(", ")})`;
  const rows = await database.rows<{ service: string; direction: "fwd" | "rev"; bucket: number; samples: string }>(
    `SELECT service, direction, histogram_bucket AS bucket, CAST(SUM(samples) AS CHAR) AS samples
   FROM servicertt_${dayGrain(period)}
  WHERE bucket_start >= ? AND bucket_start < ? ${probes}
  GROUP BY service, direction, histogram_bucket
  ORDER BY service, direction, histogram_bucket`,
    [sqlInstant(period.fromMs), sqlInstant(period.untilMs), ...(question.probes ?? [])],
  );
  const histograms = new Map<string, { bucket: number; samples: number }[]>();
  for (const row of rows) {
    const key = `${row.direction} ${row.service}`;
    const histogram = histograms.get(key) ?? [];
    histogram.push({ bucket: Number(row.bucket), samples: Number(row.samples) });
    histograms.set(key, histogram);
  }
  return new Map(
    [...new Set(rows.map((row) => row.service))].map((service) => [
      service,
      {
        serverNs: medianNs(histograms.get(`fwd ${service}`) ?? []),
        clientNs: medianNs(histograms.get(`rev ${service}`) ?? []),
      },
    ]),
  );
}

/** Middle of the bucket in which half of the samples is reached. Buckets rising. */
export function medianNs(histogram: readonly { bucket: number; samples: number }[]): number | null {
  const total = histogram.reduce((sum, each) => sum + each.samples, 0);
  let seen = 0;
  for (const { bucket, samples } of histogram) {
    seen += samples;
    if (seen * 2 >= total && samples > 0) return (bucketLowerNs(bucket) + bucketLowerNs(bucket + 1)) / 2;
  }
  return null;
}
