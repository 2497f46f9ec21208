import type { FlowClassSettings } from "@trafmon/settings";
import { Analysis } from "../analysis/analysis.ts";
import type { ServiceLookup } from "../classify/service-lookup.ts";
import { analysisSettings } from "./analysis-settings.ts";
import { KeptObservations } from "./kept-observations.ts";
import { type PacketFields, packetRecord } from "./packet-record-builder.ts";

const NAMES: { readonly [port: number]: string } = { 53: "dns", 80: "http", 443: "https" };

/** Knows ports 53, 80 and 443; the lower one wins. */
export const fewServices: ServiceLookup = (_, one, other) => {
  const [port] = [one, other].filter((each) => NAMES[each] !== undefined).sort((a, b) => a - b);
  return port === undefined ? null : { name: NAMES[port]!, port };
};

/** What an analysis of these packets says, from the first to its end. */
export function analysed(
  packets: readonly PacketFields[],
  classes: readonly FlowClassSettings[],
  limits: Parameters<typeof analysisSettings>[1] = {},
): KeptObservations {
  const kept = new KeptObservations();
  const analysis = new Analysis(analysisSettings(classes, limits), { sink: kept, serviceOf: fewServices });
  for (const fields of packets) {
    const words = packetRecord(fields);
    analysis.consume(words, 0, words.length);
  }
  analysis.finish();
  return kept;
}
