import {
  type CounterMeaning,
  type Counters,
  counterMetrics,
  type Metric,
  processMetrics,
  VERSION,
} from "@trafmon/runtime";
import type { RelayHealth, RunState } from "./collector-health.ts";

/** What a collector's metrics are made of. */
export interface CollectorFigures {
  readonly isWriting: boolean;
  readonly runs: readonly RunState[];
  readonly kernelDrops: number | null;
  /** Sightings of packets that wait for those of other hops. */
  readonly sightingsWaiting: number;
  readonly counters: Counters;
  readonly relay: RelayHealth;
  /** How many stand in /health. */
  readonly troubles: number;
}

const PREFIX = "trafmon_collector_";

/** Every counter of the collector. */
export const collectorCounters: Readonly<Record<string, CounterMeaning>> = {
  datagrams_received: { help: "Datagrams received, whatever became of them." },
  datagrams_refused: { help: "Datagrams that failed a check and changed nothing.", label: "reason" },
  datagrams_unsent: { help: "Answers that could not be sent.", label: "reason" },
  pdus_taken: { help: "PDUs whose records went into the logs." },
  pdus_duplicate: { help: "PDUs that were here already." },
  pdus_dropped: { help: "PDUs that were not kept and will be sent again.", label: "reason" },
  pdus_skipped: { help: "PDUs passed over, because they cannot be understood.", label: "reason" },
  records_written_: { help: "Records written, by observation type.", label: "type" },
  alert_commands_run: { help: "Programs run at alerts." },
  alert_commands_failed: { help: "Programs at alerts that failed, were ended, or were not run.", label: "reason" },
  snmp_notifications_sent: { help: "SNMP notifications sent." },
  snmp_notifications_failed: { help: "SNMP notifications that could not be sent." },
  pdus_undescribed: { help: "PDUs that had to wait until their flows were described." },
  sightings_taken: { help: "Sightings of packets at the hops of one-way classes." },
  sightings_not_kept: { help: "Sightings that belong to no hop of a class.", label: "reason" },
  sightings_duplicate: { help: "Sightings of a packet that were more than one at a hop." },
  sightings_dropped: { help: "Sightings that came after their packet had settled." },
  packets_settled: { help: "Packets of one-way classes whose verdicts are written." },
  packets_evicted: { help: "Packets that were settled before their time, for want of room." },
};

/** Every counter of what is forwarded to another collector. */
const forwardCounters: Readonly<Record<string, CounterMeaning>> = {
  records_lost: { help: "Records that were not forwarded, because the spool was full or unwritable.", label: "reason" },
  pdus_lost: { help: "PDUs that the spool could not give back.", label: "reason" },
  pdus_sent: { help: "PDUs forwarded, retries included." },
  pdus_retried: { help: "PDUs forwarded again." },
  sessions_opened: { help: "Sessions opened with the other collector." },
  bytes_sent: { as: "sent_bytes", help: "UDP payload sent to the other collector." },
  bytes_received: { as: "received_bytes", help: "UDP payload received from the other collector." },
  datagrams_refused: { help: "Datagrams of the other collector that did not count.", label: "reason" },
  send_failures: { help: "Datagrams that the system refused to send." },
  spool_write_failures: { help: "Times that the spool's disk refused." },
};

export function collectorMetrics({
  isWriting,
  runs,
  kernelDrops,
  sightingsWaiting,
  counters,
  relay,
  troubles,
}: CollectorFigures): Metric[] {
  const live = runs.filter(({ isOver }) => !isOver);
  const ofRuns = (name: string, help: string, value: (of: RunState) => number | null) =>
    metric(
      name,
      "gauge",
      help,
      live.flatMap((each) => {
        const number = value(each);
        return number === null ? [] : [{ labels: labelsOf(each), value: number }];
      }),
    );
  return [
    metric("troubles", "gauge", "Troubles that /health tells of.", [{ value: troubles }]),
    metric("writing", "gauge", "1 if the logs can be written, else 0.", [{ value: isWriting ? 1 : 0 }]),
    ofRuns("probe_up", "1 if the probe is heard, 0 if it is silent.", ({ isSilent }) => (isSilent ? 0 : 1)),
    ofRuns("probe_heard_seconds", "Time since the probe was heard.", ({ heardAgoS }) => heardAgoS),
    ofRuns("probe_lag_seconds", "Age of the instant up to which everything has come.", ({ lagS }) => lagS),
    ofRuns("probe_early_pdus", "PDUs that wait in memory for earlier ones.", ({ earlyPdus }) => earlyPdus),
    metric("sightings_waiting", "gauge", "Sightings of packets that wait for those of other hops.", [
      { value: sightingsWaiting },
    ]),
    metric(
      "datagrams_dropped_by_kernel_total",
      "counter",
      "Datagrams that found the socket's buffer full.",
      kernelDrops === null ? [] : [{ value: kernelDrops }],
    ),
    ...counterMetrics(PREFIX, collectorCounters, counters),
    ...forwardingMetrics(relay),
    ...processMetrics(VERSION),
  ];
}

function labelsOf({ probe, run, relay }: RunState): Record<string, string> {
  return relay === null ? { probe, run } : { probe, run, relay };
}

function forwardingMetrics({ state, drains, left, counters }: RelayHealth): Metric[] {
  const perTarget = (name: string, help: string, values: readonly (readonly [to: string, value: number])[]) => {
    const samples = values.map(([to, value]) => ({ labels: { to }, value }));
    return samples.length === 0 ? [] : [metric(name, "gauge", help, samples)];
  };
  const others = [
    ...perTarget(
      "drain_waiting_pdus",
      "PDUs that a collector forwarded to before has not acknowledged.",
      drains.map((each) => [each.collector, each.waitingPdus]),
    ),
    ...perTarget(
      "forward_left_bytes",
      "Bytes that wait for a collector that nothing is sent to.",
      left.map((each) => [each.collector, each.bytes]),
    ),
  ];
  const counted = counterMetrics(`${PREFIX}forward_`, forwardCounters, counters);
  if (state === null) return drains.length === 0 ? others : [...others, ...counted];
  const { waitingPdus, spoolBytes, spoolLimitBytes } = state;
  const one = (name: string, help: string, value: number) => metric(`forward_${name}`, "gauge", help, [{ value }]);
  return [
    one("waiting_pdus", "PDUs that the other collector has not acknowledged.", waitingPdus),
    one("spool_bytes", "Bytes that wait for the other collector.", spoolBytes),
    one("spool_limit_bytes", "Most bytes that may wait.", spoolLimitBytes),
    ...others,
    ...counted,
  ];
}

function metric(name: string, type: Metric["type"], help: string, samples: Metric["samples"]): Metric {
  return { name: `${PREFIX}${name}`, type, help, samples };
}
