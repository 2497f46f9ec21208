import type { AlertMetric, AlertSettings, Configuration } from "@trafmon/settings";
import type { AlertListener, AlertNotice } from "./alert-notice.ts";
import { AlertState } from "./alert-state.ts";
import type { AlertSubject } from "./alert-subject.ts";
import type { RaisedAlerts } from "./raised-alerts.ts";

/** Holds figures against the alerts of the configuration, and tells when one is raised or cleared. */
export class AlertWatch {
  readonly #collector: string;
  readonly #raised: RaisedAlerts;
  readonly #listeners: readonly AlertListener[];
  readonly #states = new Map<string, AlertState>();
  #configuration: Configuration;

  constructor(
    configuration: Configuration,
    collector: string,
    raised: RaisedAlerts,
    listeners: readonly AlertListener[],
  ) {
    this.#configuration = configuration;
    this.#collector = collector;
    this.#raised = raised;
    this.#listeners = listeners;
  }

  /** Alerts that are still there keep their states, under their names. */
  useConfiguration(configuration: Configuration): void {
    this.#configuration = configuration;
  }

  /** `value`: of the whole span; null: there was none, which changes nothing. */
  takeClass(
    probe: string,
    flowClass: string,
    metric: AlertMetric,
    value: number | null,
    fromMs: number,
    untilMs: number,
  ) {
    const settings = this.#configuration.flowClasses.find((each) => each.name === flowClass);
    this.#take(settings?.alerts, { ...this.#subject("flowClass"), probe, flowClass }, metric, value, fromMs, untilMs);
  }

  takeProbe(probe: string, metric: AlertMetric, value: number | null, fromMs: number, untilMs: number): void {
    const settings = this.#configuration.probes.find((each) => each.name === probe);
    this.#take(settings?.alerts, { ...this.#subject("probe"), probe }, metric, value, fromMs, untilMs);
  }

  takeCollector(metric: AlertMetric, value: number | null, fromMs: number, untilMs: number): void {
    const settings = this.#configuration.collectors.find((each) => each.name === this.#collector);
    this.#take(settings?.alerts, this.#subject("collector"), metric, value, fromMs, untilMs);
  }

  #subject(scope: AlertSubject["scope"]): AlertSubject {
    return { scope, collector: this.#collector, probe: null, flowClass: null };
  }

  #take(
    alerts: readonly AlertSettings[] | undefined,
    subject: AlertSubject,
    metric: AlertMetric,
    value: number | null,
    fromMs: number,
    untilMs: number,
  ): void {
    if (value === null) return;
    for (const alert of alerts ?? []) {
      if (alert.metric !== metric) continue;
      const key = [subject.scope, subject.probe ?? "", subject.flowClass ?? "", alert.name].join(" ");
      let state = this.#states.get(key);
      if (state === undefined) {
        state = new AlertState(this.#raised.has(key));
        this.#states.set(key, state);
      }
      const turn = state.take(alert, value, fromMs, untilMs);
      if (turn === null) continue;
      this.#raised.set(key, state.isRaised);
      const notice: AlertNotice = { turn, alert, subject, value, atMs: untilMs };
      for (const listener of this.#listeners) listener.tell(notice);
    }
  }
}
