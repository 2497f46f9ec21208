import type { Period } from "../period.ts";
import { utcText } from "../time-grid.ts";
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
  const { text, values } = roundTripSql(question, period);
  const rows = await database.rows<{ service: string; direction: string; bucket: number | string; samples: string }>(
    `SELECT h.service AS service, h.direction AS direction, h.histogram_bucket AS bucket,
        CAST(SUM(h.samples) AS CHAR) AS samples
   ${text}
  GROUP BY h.service, h.direction, h.histogram_bucket`,
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

/** Per service where nothing narrows the question, else per pair of hosts, which takes longer. */
function roundTripSql(question: VolumeQuestion, period: Period): { text: string; values: readonly unknown[] } {
  const grain = dayGrain(period);
  const { probes, flowClass, activity, location, host } = question;
  if (flowClass === null && activity === null && location === null && host === null) {
    const ofProbes = probes === null ? "" : `AND h.probe_no IN (${probes.map(() => "?").join(", ") || "NULL"})`;
    return {
      text: `FROM servicertt_${grain} AS h WHERE h.bucket_start >= ? AND h.bucket_start < ? ${ofProbes}`,
      values: [utcText(period.fromMs), utcText(period.untilMs), ...(probes ?? [])],
    };
  }
  const { text, values } = fromWhere(question, period, grain);
  const joined = `JOIN activityrtt_${grain} AS h
     ON h.bucket_start = v.bucket_start AND h.probe_no = v.probe_no AND h.class_no = v.class_no
    AND h.src_address = v.src_address AND h.dst_address = v.dst_address AND h.service = v.service`;
  return { text: `${text.replace("\n  WHERE", `\n   ${joined}\n  WHERE`)} AND v.protocol = 6`, values };
}
