import {
  type CounterMeaning,
  type Counters,
  counterMetrics,
  type Metric,
  processMetrics,
  VERSION,
} from "@trafmon/runtime";
import type { AnalysisFigures } from "../analysis/analysis.ts";
import type { CollectorProgress } from "../send/probe-transport.ts";
import type { InterfaceState } from "./probe-health.ts";

/** What a probe's metrics are made of. */
export interface ProbeFigures {
  readonly interfaces: readonly InterfaceState[];
  readonly spoolBytes: number;
  readonly spoolLimitBytes: number;
  readonly collectors: readonly CollectorProgress[];
  isAway(collector: CollectorProgress): boolean;
  readonly analysis: AnalysisFigures;
  readonly counters: Counters;
  /** How many stand in /health. */
  readonly troubles: number;
}

const PREFIX = "trafmon_probe_";

/** Every counter of the probe. */
export const probeCounters: Readonly<Record<string, CounterMeaning>> = {
  records_made_: { help: "Records made, by observation type.", label: "type" },
  records_refused: { help: "Records with impossible values that were not sent.", label: "reason" },
  records_lost: { help: "Records that a full or unwritable spool had to let go.", label: "reason" },
  pdus_lost: { help: "PDUs that the spool could not give back.", label: "reason" },
  pdus_sent: { help: "PDUs sent, retries included." },
  pdus_retried: { help: "PDUs sent again." },
  heartbeats_sent: { help: "Heartbeats sent." },
  sessions_opened: { help: "Sessions opened with collectors." },
  bytes_sent: { as: "sent_bytes", help: "UDP payload sent to collectors." },
  bytes_received: { as: "received_bytes", help: "UDP payload received from collectors." },
  datagrams_refused: { help: "Datagrams that did not count.", label: "reason" },
  send_failures: { help: "Datagrams that the system refused to send." },
  spool_write_failures: { help: "Times that the spool's disk refused." },
};

export function probeMetrics(figures: ProbeFigures): Metric[] {
  const { interfaces, collectors, analysis, counters } = figures;
  const ofInterfaces = (name: string, type: Metric["type"], help: string, value: (of: InterfaceState) => number) =>
    metric(
      name,
      type,
      help,
      interfaces.map((each) => ({ labels: { interface: each.name }, value: value(each) })),
    );
  const ofCollectors = (name: string, help: string, value: (of: CollectorProgress) => number) =>
    metric(
      name,
      "gauge",
      help,
      collectors.map((each) => ({ labels: { collector: each.collector }, value: value(each) })),
    );
  const one = (name: string, type: Metric["type"], help: string, value: number) =>
    metric(name, type, help, [{ value }]);
  return [
    one("troubles", "gauge", "Troubles that /health tells of.", figures.troubles),
    ofInterfaces("interface_up", "gauge", "1 if the interface gives packets, else 0.", ({ silentBecause }) =>
      silentBecause === "" ? 1 : 0,
    ),
    ofInterfaces("captured_packets_total", "counter", "Frames captured.", ({ packets }) => packets),
    ofInterfaces(
      "captured_bytes_total",
      "counter",
      "Bytes of these frames, with their link headers.",
      ({ bytes }) => bytes,
    ),
    metric(
      "dropped_packets_total",
      "counter",
      "Frames lost before they could be measured, by who had no room for them.",
      interfaces.flatMap(({ name, kernelDropped, cardDropped, queueDropped }) =>
        Object.entries({ kernel: kernelDropped, card: cardDropped, queue: queueDropped }).map(([by, value]) => ({
          labels: { interface: name, by },
          value,
        })),
      ),
    ),
    metric(
      "last_packet_timestamp_seconds",
      "gauge",
      "When a frame was captured last, since the epoch, to the second.",
      interfaces.flatMap(({ name, lastPacketMs }) =>
        lastPacketMs === null ? [] : [{ labels: { interface: name }, value: lastPacketMs / 1000 }],
      ),
    ),
    one("spool_bytes", "gauge", "What some collector has not acknowledged.", figures.spoolBytes),
    one("spool_limit_bytes", "gauge", "Most bytes in the spool.", figures.spoolLimitBytes),
    ofCollectors("collector_up", "1 if the collector was heard lately, else 0.", (each) =>
      figures.isAway(each) ? 0 : 1,
    ),
    ofCollectors("waiting_pdus", "PDUs that the collector has not acknowledged.", ({ waitingPdus }) => waitingPdus),
    ofCollectors("lag_seconds", "Age of the oldest of these by packet time.", ({ lagS }) => lagS),
    one("flows_made_total", "counter", "Flow instances made.", analysis.flowsMade),
    one("flows_evicted_total", "counter", "Flow instances ended early to make room.", analysis.flowsEvicted),
    one("connections_evicted_total", "counter", "TCP connections given up to make room.", analysis.connectionsEvicted),
    one("analysis_memory_bytes", "gauge", "Memory of the analysis' tables.", analysis.memoryBytes),
    ...counterMetrics(PREFIX, probeCounters, counters),
    ...processMetrics(VERSION),
  ];
}

function metric(name: string, type: Metric["type"], help: string, samples: Metric["samples"]): Metric {
  return { name: `${PREFIX}${name}`, type, help, samples };
}
