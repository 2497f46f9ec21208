import type { Period } from "../period.ts";
import { Histogram } from "./histogram.ts";
import { type Database, dayGrain, fromWhere, type VolumeQuestion } from "./volume-question.ts";

/** Round trips of TCP of one service: from the probe to the server and back, and to the client and back. */
export interface ServiceRoundTrips {
  readonly toServer: Histogram;
  readonly toClient: Histogram;
}

/** By service. A row's src is the client wherever a client could be told. */
export async function askServiceRoundTrips(
  database: Database,
  question: VolumeQuestion,
  period: Period,
): Promise<Map<string, ServiceRoundTrips>> {
  const grain = dayGrain(period);
  const { text, values } = fromWhere(question, period, grain);
  const rows = await database.rows<{ service: string; direction: string; bucket: number | string; samples: string }>(
    `SELECT v.service AS service, h.direction AS direction, h.histogram_bucket AS bucket,
        CAST(SUM(h.samples) AS CHAR) AS samples
   ${text.replace(
     " AS v\n",
     ` AS v
   JOIN activityrtt_${grain} AS h
     ON h.bucket_start = v.bucket_start AND h.probe_no = v.probe_no AND h.class_no = v.class_no
    AND h.src_address = v.src_address AND h.dst_address = v.dst_address AND h.service = v.service\n`,
   )}
    AND v.protocol = 6
  GROUP BY v.service, h.direction, h.histogram_bucket`,
    values,
  );
  const services = new Map<string, ServiceRoundTrips>();
  for (const { service, direction, bucket, samples } of rows) {
    const of = services.get(service) ?? { toServer: new Histogram(), toClient: new Histogram() };
    (direction === "fwd" ? of.toServer : of.toClient).add(Number(bucket), BigInt(samples));
    services.set(service, of);
  }
  return services;
}
