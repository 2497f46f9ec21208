import type { AlertMetric, AlertSettings, Configuration } from "@trafmon/settings";
import type { AlertMemory, RememberedAlert } from "./alert-memory.ts";
import type { AlertListener } from "./alert-notice.ts";
import { type AlertProgress, AlertState, type AlertTurn, type FigureSpan } from "./alert-state.ts";
import type { AlertSubject } from "./alert-subject.ts";
import { isOfIntervals } from "./interval-figures.ts";

/** What is held against alerts. */
export interface Figure extends FigureSpan {
  readonly metric: AlertMetric;
  /** Of the whole span; null: there was nothing to tell of. */
  readonly value: number | null;
  /** It may be more, so it may raise an alert and never clears one. */
  readonly isLeast?: boolean;
  /** What a notice is dated, milliseconds since the epoch. */
  readonly atMs: number;
}

interface WatchedAlert {
  readonly subject: AlertSubject;
  readonly state: AlertState;
  /** As it was judged last. */
  alert: AlertSettings;
  value: number;
}

/** Holds figures against the alerts of the configuration, and tells when one is raised or cleared. */
export class AlertWatch {
  readonly #collector: string;
  readonly #memory: AlertMemory;
  readonly #listeners: readonly AlertListener[];
  /** By subject and name of the alert. */
  readonly #watched: Map<string, WatchedAlert>;
  #configuration: Configuration;
  #hasProgress = false;

  constructor(
    configuration: Configuration,
    collector: string,
    memory: AlertMemory,
    listeners: readonly AlertListener[],
  ) {
    this.#configuration = configuration;
    this.#collector = collector;
    this.#memory = memory;
    this.#listeners = listeners;
    this.#watched = new Map(
      memory.read().map(({ subject, alert, value, ...progress }) => {
        return [keyOf(subject, alert), { subject, alert, value, state: new AlertState(progress) }];
      }),
    );
  }

  /** Alerts that are still there keep their states, under their names. What nothing watches any more is cleared. */
  useConfiguration(configuration: Configuration, atMs: number): void {
    this.#configuration = configuration;
    this.release(({ subject, alert }) => {
      return !this.#alertsOn(subject).some(({ name, metric }) => name === alert.name && metric === alert.metric);
    }, atMs);
  }

  takeClass(probe: string, flowClass: string, figure: Figure): void {
    this.#take({ ...this.#subject("flowClass"), probe, flowClass }, figure);
  }

  takeProbe(probe: string, figure: Figure): void {
    this.#take({ ...this.#subject("probe"), probe }, figure);
  }

  takeCollector(figure: Figure): void {
    this.#take(this.#subject("collector"), figure);
  }

  /** Lets go of what nobody can judge any more; of what is raised it is told. */
  release(isGone: (watched: Pick<WatchedAlert, "subject" | "alert">) => boolean, atMs: number): void {
    for (const [key, watched] of this.#watched) {
      if (!isGone(watched)) continue;
      this.#watched.delete(key);
      this.#hasProgress = true;
      if (watched.state.isRaised) this.#tell("cleared", watched, false, atMs);
    }
  }

  /** Has the alerts that last remembered, where they got on since. */
  saveProgress(): void {
    if (this.#hasProgress) this.#save();
  }

  #subject(scope: AlertSubject["scope"]): AlertSubject {
    return { scope, collector: this.#collector, probe: null, flowClass: null };
  }

  #alertsOn({ scope, probe, flowClass }: AlertSubject): readonly AlertSettings[] {
    const { flowClasses, probes, collectors } = this.#configuration;
    const isProbeNamed = probes.some(({ name }) => name === probe);
    if (scope === "flowClass" && isProbeNamed) return flowClasses.find(({ name }) => name === flowClass)?.alerts ?? [];
    if (scope === "probe") return probes.find(({ name }) => name === probe)?.alerts ?? [];
    return scope === "collector" ? (collectors.find(({ name }) => name === this.#collector)?.alerts ?? []) : [];
  }

  #take(subject: AlertSubject, figure: Figure): void {
    const { metric, value, isLeast = false, atMs } = figure;
    for (const alert of this.#alertsOn(subject)) {
      if (alert.metric !== metric) continue;
      const key = keyOf(subject, alert);
      const watched = this.#watched.get(key) ?? { subject, alert, value: 0, state: new AlertState() };
      this.#watched.set(key, watched);
      const { state } = watched;
      if (isLeast && (state.isRaised || !alert.isAbove)) continue;
      const wasCalm = state.isCalm;
      const turn = state.take(alert, value, figure);
      watched.alert = alert;
      watched.value = value ?? watched.value;
      if (turn !== null) this.#tell(turn, watched, true, atMs);
      else if (!(wasCalm && state.isCalm)) this.#hasProgress = true;
    }
  }

  #tell(turn: Exclude<AlertTurn, null>, { subject, alert, value }: WatchedAlert, isWatched: boolean, atMs: number) {
    this.#save();
    for (const listener of this.#listeners) listener.tell({ turn, alert, subject, value, isWatched, atMs });
  }

  #save(): void {
    this.#hasProgress = false;
    const remembered = [...this.#watched.values()]
      .filter(({ state }) => !state.isCalm)
      .map(({ subject, alert, value, state }): RememberedAlert => {
        return { subject, alert, value, ...(isOfIntervals(alert.metric) ? state.progress : ofThisLife(state)) };
      });
    this.#memory.write(remembered);
  }
}

/** What is looked at goes by a clock that begins anew with each life. */
function ofThisLife({ isRaised }: AlertState): AlertProgress {
  return { isRaised, sinceMs: null, untilMs: null };
}

function keyOf({ scope, probe, flowClass }: AlertSubject, { name }: AlertSettings): string {
  return [scope, probe ?? "", flowClass ?? "", name].join(" ");
}
