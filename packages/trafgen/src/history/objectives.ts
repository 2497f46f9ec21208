import { blankRecord, observationTypes, type RecordOf } from "@trafmon/observation";
import type { HistoryLogs } from "./history-logs.ts";
import { instantOf } from "./span.ts";

type ObjectiveRecord = RecordOf<typeof observationTypes.objective>;

const MS = 1_000_000;
const EVERY_HOUR = 1_000_000;

/** What the made-up configuration promises: some of it holds, some does not when the calendar's faults come. */
const PROMISES: readonly (Pick<ObjectiveRecord, "class" | "objective" | "metric" | "target" | "hours"> &
  Partial<ObjectiveRecord>)[] = [
  { class: "all", objective: "names-fast", metric: "delay", protocol: "dns", target: 60 * MS, hours: 990_000 },
  { class: "all", objective: "names-there", metric: "answered", protocol: "dns", target: 990_000, hours: EVERY_HOUR },
  { class: "all", objective: "clocks-there", metric: "answered", protocol: "ntp", target: 950_000, hours: 950_000 },
  { class: "all", objective: "tcp-clean", metric: "retransmitted", target: 20_000, hours: 950_000 },
  { class: "telemetry", objective: "near", metric: "latency", target: 15 * MS, hours: 990_000 },
  { class: "telemetry", objective: "steady", metric: "variation", target: 5 * MS, hours: 990_000 },
  { class: "telemetry", objective: "complete", metric: "loss", target: 1000, hours: 990_000 },
];

/** Announces the objectives of a run that begins then; seconds since the epoch. */
export function tellObjectives(logs: HistoryLogs, atS: number): void {
  const { s, nanos } = instantOf(atS);
  for (const promise of PROMISES) {
    const isOfHops = promise.class === "telemetry";
    const hasPercentile = promise.metric === "delay" || promise.metric === "latency" || promise.metric === "variation";
    logs.write(observationTypes.objective, {
      ...blankRecord(observationTypes.objective),
      since_s: s,
      since_nanos: nanos,
      percentile: hasPercentile ? 950_000 : null,
      from_hop: isOfHops ? 1 : null,
      to_hop: isOfHops ? 2 : null,
      samples: 20,
      measured: 950_000,
      ...promise,
    });
  }
}
