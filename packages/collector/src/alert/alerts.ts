import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { DataPdu } from "@trafmon/observation";
import { type Clock, type Component, type Counters, type Logger, RepeatedTrouble } from "@trafmon/runtime";
import { type Configuration, collectorNamed } from "@trafmon/settings";
import type { Session } from "../receive/session.ts";
import type { StreamIntake } from "../receive/stream-intake.ts";
import type { OwnEvents } from "../write/own-events.ts";
import { AlertCommands } from "./alert-commands.ts";
import { AlertEvents } from "./alert-events.ts";
import { AlertWatch } from "./alert-watch.ts";
import { IntervalFigures } from "./interval-figures.ts";
import { RaisedAlerts } from "./raised-alerts.ts";
import { SnmpNotifications } from "./snmp-notifications.ts";

export interface AlertsParts {
  readonly configuration: Configuration;
  readonly collector: string;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly events: OwnEvents;
  readonly log: Logger;
  sessions(): Iterable<Session<StreamIntake>>;
  /** How long the disk has refused; null: it does not. */
  failingMs(): number | null;
}

/** How often what changes slowly is looked at. */
const SLOW_LOOK_MS = 10_000;

/** Everything about alerts: what they watch, and who is told. Commands and managers keep theirs until the next start. */
export class Alerts implements Component {
  readonly name = "alerts";
  readonly #parts: AlertsParts;
  readonly #watch: AlertWatch;
  readonly #commands: AlertCommands;
  readonly #snmp: SnmpNotifications;
  readonly #trouble: RepeatedTrouble;
  readonly #logDir: string;
  readonly #startMs: number;
  /** By run and probe. */
  readonly #figures = new Map<string, IntervalFigures>();
  #configuration: Configuration;
  #refused = { total: 0, atMs: 0 };
  #slowLookMs = Number.NEGATIVE_INFINITY;

  /** @throws {CodedError} COLLECTOR_ALERT_USER_UNKNOWN, COLLECTOR_SNMP_CREDENTIALS_UNUSABLE */
  constructor(parts: AlertsParts) {
    const { configuration, collector, clock, counters, events, log } = parts;
    const { alertCommands, trapTargets, stateDir, logDir } = collectorNamed(configuration, collector);
    this.#parts = parts;
    this.#configuration = configuration;
    this.#logDir = logDir;
    this.#startMs = clock.monotonicMs();
    this.#trouble = new RepeatedTrouble(log, clock);
    this.#commands = new AlertCommands(alertCommands, counters, log);
    this.#snmp = new SnmpNotifications(trapTargets, collector, counters, clock, log);
    const raised = new RaisedAlerts(join(stateDir, `${collector}.alerts`), ({ message: reason }) =>
      this.#trouble.warn("state", { reason }, "cannot remember which alerts are raised"),
    );
    this.#watch = new AlertWatch(configuration, collector, raised, [
      new AlertEvents(events),
      this.#commands,
      this.#snmp,
    ]);
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    await this.#commands.stop();
    await this.#snmp.stop();
    this.#trouble.flush();
  }

  useConfiguration(configuration: Configuration): void {
    this.#configuration = configuration;
    this.#watch.useConfiguration(configuration);
    // What the new classes ask for begins with their next whole interval.
    this.#figures.clear();
  }

  /** Takes a PDU that is written now, or that describes flows again. */
  take(probe: string, run: string, pdu: DataPdu): void {
    const key = `${run} ${probe}`;
    let figures = this.#figures.get(key);
    if (figures === undefined) {
      figures = new IntervalFigures(this.#configuration, probe);
      this.#figures.set(key, figures);
    }
    figures.take(pdu);
  }

  /** Flows whose descriptions a run is to be asked for. */
  wanted(probe: string, run: string): readonly number[] {
    return this.#figures.get(`${run} ${probe}`)?.wanted() ?? [];
  }

  /** Nothing of the run is expected any more. */
  forget(probe: string, run: string): void {
    this.#figures.delete(`${run} ${probe}`);
  }

  /** Looks at everything; called once a second. */
  look(): void {
    const { clock, failingMs } = this.#parts;
    const nowMs = clock.wallMs();
    this.#lookAtIntervals();
    this.#lookAtProbes(nowMs);
    this.#watch.takeCollector("unwritable", (failingMs() ?? 0) / 1000, nowMs, nowMs);
    if (clock.monotonicMs() - this.#slowLookMs < SLOW_LOOK_MS) return;
    this.#slowLookMs = clock.monotonicMs();
    this.#lookAtRefused(nowMs);
    void this.#lookAtDisk(nowMs);
  }

  #lookAtIntervals(): void {
    for (const { probe, run, intake } of this.#parts.sessions()) {
      const figures = this.#figures.get(`${run} ${probe}`);
      if (figures === undefined || intake.watermarkS === null) continue;
      for (const { flowClass, metric, value, fromS, untilS } of figures.complete(intake.watermarkS)) {
        if (flowClass === null) this.#watch.takeProbe(probe, metric, value, fromS * 1000, untilS * 1000);
        else this.#watch.takeClass(probe, flowClass, metric, value, fromS * 1000, untilS * 1000);
      }
    }
  }

  /** The run heard last speaks for a probe: earlier ones may never have ended in order. */
  #lookAtProbes(nowMs: number): void {
    const monotonicMs = this.#parts.clock.monotonicMs();
    const sessions = [...this.#parts.sessions()];
    for (const { name } of this.#configuration.probes) {
      const own = sessions.filter(({ probe }) => probe === name).sort((a, b) => b.heardMs - a.heardMs);
      const last = own[0];
      // Who stopped in order is neither silent nor behind.
      if (last?.intake.hasEnded) continue;
      const silenceS = (monotonicMs - (last?.heardMs ?? this.#startMs)) / 1000;
      this.#watch.takeProbe(name, "silence", silenceS, nowMs, nowMs);
      const watermarkS = last?.intake.watermarkS ?? null;
      if (watermarkS === null) continue;
      this.#watch.takeProbe(name, "lag", Math.max(0, nowMs / 1000 - watermarkS), nowMs, nowMs);
    }
  }

  #lookAtRefused(nowMs: number): void {
    const { total } = this.#parts.counters.byReason("datagrams_refused");
    const { total: before, atMs } = this.#refused;
    this.#refused = { total, atMs: nowMs };
    if (atMs === 0 || nowMs <= atMs) return;
    this.#watch.takeCollector("refused", (total - before) / ((nowMs - atMs) / 1000), atMs, nowMs);
  }

  async #lookAtDisk(nowMs: number): Promise<void> {
    try {
      const { bavail, bsize } = await statfs(this.#logDir);
      this.#watch.takeCollector("diskFree", bavail * bsize, nowMs, nowMs);
    } catch (error) {
      this.#trouble.warn("disk", { reason: (error as Error).message }, "cannot tell how much room the logs have");
    }
  }
}
