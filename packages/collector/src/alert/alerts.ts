import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { DataPdu } from "@trafmon/observation";
import { type Clock, type Component, type Counters, type Logger, RepeatedTrouble } from "@trafmon/runtime";
import { type AlertSettings, type Configuration, collectorNamed } from "@trafmon/settings";
import type { ProbePresence } from "../receive/probe-presence.ts";
import type { Session } from "../receive/session.ts";
import type { StreamIntake } from "../receive/stream-intake.ts";
import type { OwnEvents } from "../write/own-events.ts";
import { AlertCommands } from "./alert-commands.ts";
import { AlertEvents } from "./alert-events.ts";
import { AlertMemory } from "./alert-memory.ts";
import type { AlertSubject } from "./alert-subject.ts";
import { AlertWatch } from "./alert-watch.ts";
import { IntervalFigures, isOfIntervals } from "./interval-figures.ts";
import { SnmpNotifications } from "./snmp-notifications.ts";

export interface AlertsParts {
  readonly configuration: Configuration;
  readonly collector: string;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly events: OwnEvents;
  readonly log: Logger;
  readonly presence: ProbePresence;
  sessions(): Iterable<Session<StreamIntake>>;
  /** How long the disk has refused; null: it does not. */
  failingMs(): number | null;
}

/** How often what changes slowly is looked at. */
const SLOW_LOOK_MS = 10_000;

/** What is added up of a run, and how many began before it. */
interface RunFigures {
  readonly figures: IntervalFigures;
  readonly runNo: number;
}

/** Everything about alerts: what they watch, and who is told. Commands and managers keep theirs until the next start. */
export class Alerts implements Component {
  readonly name = "alerts";
  readonly #parts: AlertsParts;
  readonly #watch: AlertWatch;
  readonly #commands: AlertCommands;
  readonly #snmp: SnmpNotifications;
  readonly #trouble: RepeatedTrouble;
  readonly #logDir: string;
  /** By run and probe. */
  readonly #figures = new Map<string, RunFigures>();
  #runNo = 0;
  /** Probes that are not watched at present, and whose alerts were let go. */
  readonly #released = new Set<string>();
  #configuration: Configuration;
  #refused: { readonly total: number; readonly atMs: number } | null = null;
  #slowLookMs = Number.NEGATIVE_INFINITY;

  /** @throws {CodedError} COLLECTOR_ALERT_USER_UNKNOWN, COLLECTOR_SNMP_CREDENTIALS_UNUSABLE */
  constructor(parts: AlertsParts) {
    const { configuration, collector, clock, counters, events, log } = parts;
    const { alertCommands, trapTargets, stateDir, logDir } = collectorNamed(configuration, collector);
    this.#parts = parts;
    this.#configuration = configuration;
    this.#logDir = logDir;
    this.#trouble = new RepeatedTrouble(log, clock);
    this.#commands = new AlertCommands(alertCommands, counters, log);
    this.#snmp = new SnmpNotifications(trapTargets, collector, counters, clock, log);
    const memory = new AlertMemory(join(stateDir, `${collector}.alerts`), ({ message: reason }) =>
      this.#trouble.warn("state", { reason }, "cannot remember which alerts are raised"),
    );
    this.#watch = new AlertWatch(configuration, collector, memory, [
      new AlertEvents(events),
      this.#commands,
      this.#snmp,
    ]);
  }

  /** Alerts that an earlier life raised and the configuration has no more are cleared. */
  async start(): Promise<void> {
    this.#watch.useConfiguration(this.#configuration, this.#parts.clock.wallMs());
  }

  async stop(): Promise<void> {
    this.#watch.saveProgress();
    await this.#commands.stop();
    await this.#snmp.stop();
    this.#trouble.flush();
  }

  useConfiguration(configuration: Configuration): void {
    this.#configuration = configuration;
    this.#watch.useConfiguration(configuration, this.#parts.clock.wallMs());
    this.#released.clear();
    // What the new classes ask for begins with their next whole interval.
    this.#figures.clear();
  }

  /** Takes a PDU that is written now, or that describes flows again. */
  take(probe: string, run: string, pdu: DataPdu): void {
    const key = `${run} ${probe}`;
    let ofRun = this.#figures.get(key);
    if (ofRun === undefined) {
      ofRun = { runNo: ++this.#runNo, figures: new IntervalFigures(this.#configuration, probe) };
      this.#figures.set(key, ofRun);
    }
    ofRun.figures.take(pdu);
  }

  /** Flows whose descriptions a run is to be asked for. */
  wanted(probe: string, run: string): readonly number[] {
    return this.#figures.get(`${run} ${probe}`)?.figures.wanted() ?? [];
  }

  /** Nothing of the run is expected any more. */
  forget(probe: string, run: string): void {
    this.#figures.delete(`${run} ${probe}`);
  }

  /** Looks at everything; called once a second. */
  look(): void {
    const { clock, failingMs } = this.#parts;
    this.#lookAtIntervals();
    for (const { name } of this.#configuration.probes) this.#lookAtProbe(name);
    this.#watch.takeCollector({ metric: "unwritable", value: (failingMs() ?? 0) / 1000, ...this.#now() });
    if (clock.monotonicMs() - this.#slowLookMs < SLOW_LOOK_MS) return;
    this.#slowLookMs = clock.monotonicMs();
    this.#lookAtRefused();
    void this.#lookAtDisk();
    this.#watch.saveProgress();
  }

  /** A look takes no time. */
  #now() {
    const { clock } = this.#parts;
    const nowMs = clock.monotonicMs();
    return { fromMs: nowMs, untilMs: nowMs, runNo: 0, atMs: clock.wallMs() };
  }

  #lookAtIntervals(): void {
    for (const { probe, run, intake } of this.#parts.sessions()) {
      const ofRun = this.#figures.get(`${run} ${probe}`);
      if (ofRun === undefined || intake.watermarkS === null) continue;
      const { figures, runNo } = ofRun;
      for (const { flowClass, metric, value, fromS, untilS } of figures.complete(intake.watermarkS)) {
        // A probe that is to send elsewhere may not know it yet. What it sends is nobody's alarm here.
        if (this.#parts.presence.waysOf(probe).length === 0) continue;
        const figure = { metric, value, fromMs: fromS * 1000, untilMs: untilS * 1000, runNo, atMs: untilS * 1000 };
        if (flowClass === null) this.#watch.takeProbe(probe, figure);
        else this.#watch.takeClass(probe, flowClass, figure);
      }
    }
  }

  #lookAtProbe(probe: string): void {
    const { presence, clock, sessions } = this.#parts;
    const ways = presence.waysOf(probe);
    const atMs = clock.wallMs();
    const isOf = (subject: AlertSubject) => subject.probe === probe;
    if (ways.length === 0) {
      if (!this.#released.has(probe)) this.#watch.release(({ subject }) => isOf(subject), atMs);
      this.#released.add(probe);
      return;
    }
    const lastHeard = ways.reduce((last, way) => ((way.heardMs ?? -1) > (last.heardMs ?? -1) ? way : last));
    if (lastHeard.hasEnded) {
      // Who stopped in order is neither silent nor behind. What its packets said stands until the next ones.
      const isLookedAt = (alert: AlertSettings) => !isOfIntervals(alert.metric);
      if (!this.#released.has(probe))
        this.#watch.release(({ subject, alert }) => isOf(subject) && isLookedAt(alert), atMs);
      this.#released.add(probe);
      return;
    }
    this.#released.delete(probe);
    const quiets = ways.map((way) => presence.quiet(way));
    const { ms, isLeast } = quiets.reduce((least, each) => (each.ms < least.ms ? each : least));
    this.#watch.takeProbe(probe, { metric: "silence", value: ms / 1000, isLeast, ...this.#now() });
    const present = [...sessions()].find((each) => each.probe === probe && each.run === lastHeard.run);
    const watermarkS = present?.intake.watermarkS ?? null;
    if (watermarkS === null) return;
    this.#watch.takeProbe(probe, { metric: "lag", value: Math.max(0, atMs / 1000 - watermarkS), ...this.#now() });
  }

  #lookAtRefused(): void {
    const { total } = this.#parts.counters.byReason("datagrams_refused");
    const now = this.#now();
    const before = this.#refused;
    this.#refused = { total, atMs: now.untilMs };
    if (before === null || now.untilMs <= before.atMs) return;
    const value = (total - before.total) / ((now.untilMs - before.atMs) / 1000);
    this.#watch.takeCollector({ metric: "refused", value, ...now, fromMs: before.atMs });
  }

  async #lookAtDisk(): Promise<void> {
    try {
      const { bavail, bsize } = await statfs(this.#logDir);
      this.#watch.takeCollector({ metric: "diskFree", value: bavail * bsize, ...this.#now() });
    } catch (error) {
      this.#trouble.warn("disk", { reason: (error as Error).message }, "cannot tell how much room the logs have");
    }
  }
}
