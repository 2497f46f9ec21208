import {
  type Clock,
  type Counters,
  type HealthReport,
  type HealthSource,
  type Metric,
  VERSION,
} from "@trafmon/runtime";
import type { ProbeSettings } from "@trafmon/settings";
import type { AnalysisFigures } from "../analysis/analysis.ts";
import type { InterfaceChange } from "../capture/live-capture.ts";
import type { InterfaceFigures } from "../capture/live-figures.ts";
import type { CollectorProgress } from "../send/probe-transport.ts";
import { probeMetrics } from "./probe-metrics.ts";

export interface ProbeHealthParts {
  readonly probe: Pick<ProbeSettings, "name" | "interfaces" | "spoolBytes" | "heartbeatS">;
  readonly clock: Clock;
  readonly counters: Counters;
  /** Hash of the configuration in force. */
  configurationHash(): string;
  spoolBytes(): number;
  collectors(): readonly CollectorProgress[];
  analysis(): AnalysisFigures;
}

/** The capture stage tells its figures every second; it has so long for it when the machine is busy. */
const CAPTURE_QUIET_MS = 10_000;
/** A spool this full will soon let counters go. */
const SPOOL_NEARLY_FULL = 0.9;
/** Heartbeats and their answers that may be missed before a collector counts as away. */
const HEARTBEATS_MISSED = 3;

/** An interface, as the capture stage sees it. */
export interface InterfaceState extends InterfaceFigures {
  readonly name: string;
  /** Why it gives nothing; empty: it does. */
  readonly silentBecause: string;
  /** null: no packet yet. */
  readonly lastPacketAgeS: number | null;
}

const NOTHING_YET: InterfaceFigures = {
  packets: 0,
  bytes: 0,
  kernelDropped: 0,
  cardDropped: 0,
  queueDropped: 0,
  lastPacketMs: null,
};

/** How a probe that watches interfaces is: what it captures, what it loses, and what its collectors lack. */
export class ProbeHealth implements HealthSource {
  readonly #parts: ProbeHealthParts;
  readonly #startMs: number;
  readonly #silentBecause = new Map<string, string>();
  #figures: readonly InterfaceFigures[] = [];
  #figuresMs: number;

  constructor(parts: ProbeHealthParts) {
    this.#parts = parts;
    this.#startMs = parts.clock.monotonicMs();
    this.#figuresMs = this.#startMs;
  }

  /** What the interfaces have given so far, by number. Its coming shows that the capture lives. */
  noteFigures(figures: readonly InterfaceFigures[]): void {
    this.#figures = figures;
    this.#figuresMs = this.#parts.clock.monotonicMs();
  }

  noteInterface({ interfaceName, isUp, reason }: InterfaceChange): void {
    this.#silentBecause.set(interfaceName, isUp ? "" : reason || "no reason was given");
  }

  /** Whether the capture stage was heard lately. */
  get isCapturing(): boolean {
    return this.#parts.clock.monotonicMs() - this.#figuresMs <= CAPTURE_QUIET_MS;
  }

  get interfaces(): readonly InterfaceState[] {
    const nowMs = this.#parts.clock.wallMs();
    return this.#parts.probe.interfaces.map(({ name }, number) => {
      const figures = this.#figures[number] ?? NOTHING_YET;
      const { lastPacketMs } = figures;
      const lastPacketAgeS = lastPacketMs === null ? null : Math.max(0, nowMs - lastPacketMs) / 1000;
      return { ...figures, name, silentBecause: this.#silentBecause.get(name) ?? "", lastPacketAgeS };
    });
  }

  /** How it is, in a line. */
  get statusLine(): string {
    const interfaces = this.interfaces;
    const sum = (value: (of: InterfaceState) => number) => interfaces.reduce((part, each) => part + value(each), 0);
    const packets = sum((each) => each.packets);
    const dropped = sum((each) => each.kernelDropped + each.cardDropped + each.queueDropped);
    const { troubles } = this.health();
    const names = interfaces.map(({ name }) => name).join(" ");
    return [`${names}: ${packets} packets, ${dropped} dropped`, ...troubles].join("; ");
  }

  health(): HealthReport {
    const { probe, clock, configurationHash, spoolBytes } = this.#parts;
    const collectors = this.#parts.collectors();
    return {
      troubles: this.#troubles(collectors),
      figures: {
        program: "tmon_probe",
        version: VERSION,
        name: probe.name,
        running_s: Math.round((clock.monotonicMs() - this.#startMs) / 1000),
        configuration: configurationHash(),
        interfaces: this.interfaces.map((each) => ({
          name: each.name,
          is_up: each.silentBecause === "",
          packets: each.packets,
          bytes: each.bytes,
          last_packet_age_s: each.lastPacketAgeS,
          dropped: { kernel: each.kernelDropped, card: each.cardDropped, queue: each.queueDropped },
        })),
        spool: { bytes: spoolBytes(), limit_bytes: probe.spoolBytes },
        collectors: collectors.map(({ collector, waitingPdus, lagS, quietS }) => ({
          name: collector,
          heard_s_ago: quietS,
          waiting_pdus: waitingPdus,
          lag_s: lagS,
        })),
      },
    };
  }

  metrics(): readonly Metric[] {
    const { probe, counters, spoolBytes, collectors, analysis } = this.#parts;
    return probeMetrics({
      interfaces: this.interfaces,
      spoolBytes: spoolBytes(),
      spoolLimitBytes: probe.spoolBytes,
      collectors: collectors(),
      troubles: this.#troubles(collectors()).length,
      isAway: (collector) => this.#isAway(collector),
      analysis: analysis(),
      counters,
    });
  }

  #troubles(collectors: readonly CollectorProgress[]): string[] {
    const { probe, spoolBytes } = this.#parts;
    const troubles: string[] = [];
    if (!this.isCapturing) troubles.push("the capture stage does not answer");
    for (const { name, silentBecause } of this.interfaces) {
      if (silentBecause !== "") troubles.push(`interface ${name} gives no packets: ${silentBecause}`);
    }
    for (const each of collectors) if (this.#isAway(each)) troubles.push(`collector ${each.collector} is not heard`);
    const share = spoolBytes() / probe.spoolBytes;
    if (share >= SPOOL_NEARLY_FULL) troubles.push(`the spool is ${Math.floor(share * 100)} % full`);
    return troubles;
  }

  /** A probe just started has heard nobody yet. */
  #isAway({ quietS }: CollectorProgress): boolean {
    const { probe, clock } = this.#parts;
    const sinceStartS = (clock.monotonicMs() - this.#startMs) / 1000;
    return (quietS ?? sinceStartS) > HEARTBEATS_MISSED * probe.heartbeatS;
  }
}
