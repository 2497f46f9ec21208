import { type DataPdu, specialPdus, WINDOW_PDUS } from "@trafmon/observation";
import type { Clock, Counters } from "@trafmon/runtime";
import type { Configuration } from "@trafmon/settings";
import type { Alerts } from "../alert/alerts.ts";
import type { OneWay } from "../consolidate/one-way.ts";
import type { Relay } from "../forward/relay.ts";
import type { CommittedLogs } from "../write/committed-logs.ts";
import type { OwnEvents } from "../write/own-events.ts";
import { Beginnings } from "./beginnings.ts";
import { Bringers } from "./bringers.ts";
import { bringersOf, type Sender } from "./senders.ts";
import type { Session } from "./session.ts";
import { StreamIntake } from "./stream-intake.ts";
import type { UndescribedPdus } from "./undescribed-pdus.ts";

/** A probe that comes back does so within this; later nobody can describe its flows. */
const ABSENT_MS = 10 * 60_000;
/** How long a conversation is remembered after the last word: of a run that is over, and of one that may go on. */
const ENDED_SESSION_MS = 10 * 60_000;
const SILENT_SESSION_MS = 24 * 3_600_000;

export interface HeardRunsParts {
  readonly collector: string;
  readonly logs: CommittedLogs;
  readonly events: OwnEvents;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly oneWay: OneWay;
  readonly undescribed: UndescribedPdus;
  readonly alerts: Alerts;
  /** Sessions of a run, of its probe and of collectors that forward it. */
  sessionsOf(run: string): readonly Session[];
  readonly relay: Relay;
}

/** What a collector remembers of the runs that it hears, beyond what is in the journal. */
export class HeardRuns {
  readonly #parts: HeardRunsParts;
  readonly #beginnings = new Beginnings();
  readonly #bringers: Bringers;
  /** By run and probe. */
  readonly #intakes = new Map<string, StreamIntake>();
  /** Hash last heard from a run, where it is not ours. */
  readonly #otherConfigurations = new Map<string, string>();
  /** Since when runs have had no session, of which something waits. */
  readonly #absentSinceMs = new Map<string, number>();
  #configuration: Configuration;

  constructor(configuration: Configuration, parts: HeardRunsParts) {
    this.#configuration = configuration;
    this.#parts = parts;
    const { clock, sessionsOf } = parts;
    const beginningOf = (run: string, sender: string) => this.#beginnings.said(run, sender);
    this.#bringers = new Bringers({ clock, sessionsOf, beginningOf });
  }

  useConfiguration(configuration: Configuration): void {
    this.#configuration = configuration;
  }

  /** The intake of a run whose sender holds it from this sequence on. */
  intakeOf(sender: Sender, run: string, firstSequence: number): StreamIntake {
    const intake = this.#intake(sender.probe, run);
    // One that only brings what waited need not have anything of the run: its word is not waited for.
    const senders = this.#bringersOf(sender.probe).filter(({ isDraining }) => !isDraining);
    const names = senders.map(({ name }) => name);
    const beginning = this.#beginnings.note(sender, run, firstSequence, names);
    if (beginning !== null) intake.beginAt(beginning);
    return intake;
  }

  /** Tells once of each configuration that a run is on and we are not. A gap notice may stand for any. */
  compareConfigurations({ run, probe }: Session, { type, configurationHash: theirs }: DataPdu): void {
    const ours = this.#configuration.hash;
    if (theirs === ours || type === specialPdus.gap || this.#otherConfigurations.get(run) === theirs) return;
    this.#otherConfigurations.set(run, theirs);
    this.#parts.events.tell("warning", "configuration_differs", probe, "the probe runs on another configuration", {
      run,
      theirs,
      ours,
    });
  }

  /** Writes what waits for descriptions of runs that nobody speaks for any more. */
  giveUpOnAbsent(sessions: readonly Session[]): void {
    const nowMs = this.#parts.clock.monotonicMs();
    const heard = new Set(sessions.map(({ run }) => run));
    for (const { probe, run } of this.#parts.undescribed.runs) {
      const sinceMs = this.#absentSinceMs.get(run) ?? nowMs;
      if (heard.has(run)) this.#absentSinceMs.delete(run);
      else if (nowMs - sinceMs < ABSENT_MS) this.#absentSinceMs.set(run, sinceMs);
      else {
        this.#intake(probe, run).giveUpWaiting();
        this.#absentSinceMs.delete(run);
        this.forget({ probe, run });
      }
    }
  }

  /** Forgets the runs that are too old to come again; to be called now and then. */
  forgetOld(): void {
    const { logs, oneWay, undescribed, sessionsOf } = this.#parts;
    // Of sessions that a new configuration ended.
    for (const { stream } of this.#intakes.values()) if (sessionsOf(stream.run).length === 0) this.forget(stream);
    const waiting = new Set(undescribed.runs.map(({ probe, run }) => keyOf(probe, run)));
    logs.forgetRuns((probe, run) => this.#intakes.has(keyOf(probe, run)) || waiting.has(keyOf(probe, run)));
    oneWay.forgetRuns(({ probe, run }) => logs.runs.has(probe, run));
  }

  /** Whether nothing was heard in a session for so long that it need not be remembered. */
  isOver({ heardMs, intake }: Session<StreamIntake>): boolean {
    const quietMs = this.#parts.clock.monotonicMs() - heardMs;
    return quietMs >= (intake.hasEnded ? ENDED_SESSION_MS : SILENT_SESSION_MS);
  }

  /** What is known of the run stays in the journal; only the memory of the conversation goes. */
  forget({ probe, run }: Pick<Session, "probe" | "run">): void {
    this.#beginnings.forget(run);
    this.#bringers.forget(run);
    this.#otherConfigurations.delete(run);
    this.#intakes.delete(keyOf(probe, run));
    this.#parts.alerts.forget(probe, run);
  }

  #intake(probe: string, run: string): StreamIntake {
    const key = keyOf(probe, run);
    let intake = this.#intakes.get(key);
    if (intake === undefined) {
      const { logs, events, counters, oneWay, undescribed, alerts, relay } = this.#parts;
      intake = new StreamIntake(logs.stream(probe, run), {
        logs,
        events,
        counters,
        oneWay,
        undescribed,
        onTaken: (pdu) => {
          alerts.take(probe, run, pdu);
          relay.take(probe, run, pdu);
        },
        mayBring: (sequence, missedBy) => this.#mayBring(intake!, sequence, missedBy),
        firstDrained: (from) => this.#firstDrained(intake!, from),
        onHeartbeat: (pdu) => relay.takeHeartbeat(probe, run, pdu),
        windowPdus: WINDOW_PDUS,
      });
      this.#bringers.noteRun(run);
      this.#intakes.set(key, intake);
    }
    return intake;
  }

  #mayBring({ stream: { probe, run, through } }: StreamIntake, sequence: number, missedBy: ReadonlySet<string>) {
    const senders = this.#bringersOf(probe).map(({ name }) => name);
    return this.#bringers.mayBring(run, through, sequence, senders, missedBy);
  }

  #firstDrained({ stream: { probe, run } }: StreamIntake, from: number): number {
    const draining = this.#bringersOf(probe).filter(({ isDraining }) => isDraining);
    const names = draining.map(({ name }) => name);
    return this.#bringers.firstFrom(run, from, names);
  }

  #bringersOf(probe: string): readonly Sender[] {
    return bringersOf(this.#configuration, this.#parts.collector, probe);
  }
}

function keyOf(probe: string, run: string): string {
  return `${run} ${probe}`;
}
