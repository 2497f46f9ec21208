import { randomBytes } from "node:crypto";
import type { DataPdu } from "@trafmon/observation";
import {
  type Clock,
  type Component,
  type Counters,
  HealthServer,
  type Logger,
  RepeatedTrouble,
  type ServiceState,
} from "@trafmon/runtime";
import { type Configuration, collectorNamed, logsOfParts } from "@trafmon/settings";
import { Alerts } from "./alert/alerts.ts";
import { CollectorHealth } from "./answer/collector-health.ts";
import { OneWay } from "./consolidate/one-way.ts";
import { Relay } from "./forward/relay.ts";
import { ClockComparison } from "./receive/clock-comparison.ts";
import { Gatekeeper } from "./receive/gatekeeper.ts";
import { HeardRuns } from "./receive/heard-runs.ts";
import { PduSocket, traceOf } from "./receive/pdu-socket.ts";
import { ProbePresence } from "./receive/probe-presence.ts";
import type { Peer, Session } from "./receive/session.ts";
import { SilenceWatch } from "./receive/silence-watch.ts";
import { socketDrops } from "./receive/socket-drops.ts";
import type { StreamIntake } from "./receive/stream-intake.ts";
import { UndescribedPdus } from "./receive/undescribed-pdus.ts";
import { CommitLoop } from "./write/commit-loop.ts";
import { CommittedLogs } from "./write/committed-logs.ts";
import { OwnEvents } from "./write/own-events.ts";

/** How often silent probes and missing definitions are looked for. */
const LOOK_MS = 1000;
/** How often runs are looked for that can be forgotten. */
const FORGET_MS = 3_600_000;

/** The collector: datagrams in, log files and acknowledgements out. */
export class Collector implements Component {
  readonly name: string;
  readonly #clock: Clock;
  readonly #counters: Counters;
  /** Of its parts, for each of which the .diag file may set a level. */
  readonly logs: Readonly<Record<"receive" | "write" | "forward", Logger>>;
  readonly #log: Logger;
  readonly #logs: CommittedLogs;
  readonly #events: OwnEvents;
  readonly #oneWay: OneWay;
  readonly #loop: CommitLoop;
  readonly #gate: Gatekeeper<StreamIntake>;
  readonly #socket: PduSocket;
  readonly #presence: ProbePresence;
  readonly #silence: SilenceWatch;
  readonly #alerts: Alerts;
  readonly #relay: Relay;
  readonly #runs: HeardRuns;
  readonly #clocks: ClockComparison;
  readonly #trouble: RepeatedTrouble;
  readonly #healthServer: HealthServer | null;
  /** What systemd is told. */
  readonly serviceState: ServiceState;
  #configuration: Configuration;
  #callOff = () => {};

  /** @throws {CodedError} SETTINGS_NAME_UNKNOWN, SETTINGS_KEY_UNREADABLE, COLLECTOR_ALERT_USER_UNKNOWN, COLLECTOR_SNMP_CREDENTIALS_UNUSABLE */
  constructor(configuration: Configuration, name: string, clock: Clock, counters: Counters, log: Logger) {
    const settings = collectorNamed(configuration, name);
    const epoch = newEpoch(clock);
    this.name = name;
    this.#configuration = configuration;
    this.#clock = clock;
    this.#counters = counters;
    this.#log = log;
    this.logs = logsOfParts(log, ["receive", "write", "forward"]);
    this.#trouble = new RepeatedTrouble(log, clock);
    this.#logs = new CommittedLogs({
      logDir: settings.logDir,
      stateDir: settings.stateDir,
      collector: name,
      epoch,
      clock,
    });
    this.#events = new OwnEvents(this.#logs, name, epoch, clock, log);
    this.#relay = new Relay(settings, {
      collector: name,
      stateDir: settings.stateDir,
      clock,
      events: this.#events,
      log: this.logs.forward,
      throughOf: (probe, run) => this.#logs.runs.throughOf(probe, run),
      heartbeatS: (probe) => this.#heartbeatS(probe),
      ask: (run, request) => {
        const [heardLast] = this.#gate.sessionsOf(run).toSorted((a, b) => b.heardMs - a.heardMs);
        heardLast?.pass(request, (datagram, peer) => this.#socket.send(datagram, peer));
      },
    });
    this.#logs.also = this.#relay;
    const undescribed = new UndescribedPdus(this.#logs.pending);
    this.#oneWay = new OneWay({
      logs: this.#logs,
      events: this.#events,
      counters,
      clock,
      collector: name,
      epoch,
      maxSightings: settings.maxSightings,
    });
    this.#loop = new CommitLoop(this.#logs, this.#events, settings, clock, this.logs.write, () => this.#answerAll());
    this.#presence = new ProbePresence({ collector: name, clock, lastRunOf: (probe) => this.#logs.runs.lastOf(probe) });
    this.#silence = new SilenceWatch(this.#presence, this.#events, (probe) => this.#heartbeatS(probe));
    this.#alerts = new Alerts({
      configuration,
      collector: name,
      clock,
      counters,
      events: this.#events,
      log,
      presence: this.#presence,
      sessions: () => this.#gate.sessions,
      failingMs: () => this.#loop.failingMs,
    });
    this.#clocks = new ClockComparison(this.#events, clock);
    this.#runs = new HeardRuns(configuration, {
      collector: name,
      logs: this.#logs,
      events: this.#events,
      counters,
      clock,
      oneWay: this.#oneWay,
      undescribed,
      alerts: this.#alerts,
      sessionsOf: (run) => this.#gate.sessionsOf(run),
      relay: this.#relay,
    });
    this.#gate = new Gatekeeper(configuration, {
      collector: name,
      epoch,
      clock,
      counters,
      send: (datagram, peer) => this.#socket.send(datagram, peer),
      isOfAnother: (probe, run) => this.#logs.runs.isOfAnother(probe, run),
      intakeOf: (sender, run, firstSequence) => this.#runs.intakeOf(sender, run, firstSequence),
      onPdu: (session, pdu) => this.#takePdu(session, pdu),
      onSession: (session) => this.#onSession(session),
      trouble: this.#trouble,
    });
    const { receive } = this.logs;
    this.#socket = new PduSocket(settings, counters, (datagram: Buffer, peer: Peer) => {
      if (receive.isLevelEnabled("trace")) receive.trace(traceOf(datagram, peer), "received");
      // While the disk refuses, what is not taken stays with its probe.
      if (this.#loop.isWell) this.#gate.take(datagram, peer);
      else counters.byReason("datagrams_refused").add("logs unwritable");
    });
    const health = new CollectorHealth({
      name,
      clock,
      counters,
      configurationHash: () => this.#configuration.hash,
      sessions: () => this.#gate.sessions,
      isSilent: (session) => this.#silence.isSilent(session),
      relay: this.#relay,
      failingMs: () => this.#loop.failingMs,
      kernelDrops: () => socketDrops(this.port),
      sightingsWaiting: () => this.#oneWay.sightingsWaiting,
    });
    this.serviceState = { status: () => health.statusLine, isAlive: () => true };
    this.#healthServer = settings.health === null ? null : new HealthServer(settings.health, health, clock, log);
  }

  /** UDP port it listens on, once started. */
  get port(): number {
    return this.#socket.port;
  }

  /** TCP port that it tells its health on; 0: none. */
  get healthPort(): number {
    return this.#healthServer?.port ?? 0;
  }

  /** @throws {CodedError} COLLECTOR_LOG_DIRECTORY_UNWRITABLE, COLLECTOR_JOURNAL_DAMAGED, COLLECTOR_ADDRESS_... */
  async start(): Promise<void> {
    const { adopted, isPendingGone } = await this.#logs.open();
    this.#presence.useConfiguration(this.#configuration);
    this.#oneWay.useConfiguration(this.#configuration);
    this.#events.tell("info", "collector_started", this.name, "the collector has started", {
      configuration: this.#configuration.hash,
    });
    if (adopted.length > 0)
      this.#events.tell("warning", "journal_missing", this.name, "unfinished logs were kept without their journal", {
        files: adopted,
      });
    if (isPendingGone)
      this.#events.tell("error", "pending_missing", this.name, "what waited to be put together is gone with its file");
    if (collectorNamed(this.#configuration, this.name).security === "none")
      this.#events.tell("warning", "security_none", this.name, "datagrams are neither sealed nor authenticated");
    await this.#relay.start();
    await this.#alerts.start();
    await this.#loop.start();
    await this.#socket.start();
    await this.#healthServer?.start();
    const callOffs = [
      this.#clock.every(LOOK_MS, () => this.#look()),
      this.#clock.every(FORGET_MS, () => this.#runs.forgetOld()),
    ];
    this.#callOff = () => {
      for (const callOff of callOffs) callOff();
    };
    this.#log.info({ port: this.port }, "listening for probes");
  }

  /** Closes the current log files now, for the loader. */
  async rotate(): Promise<void> {
    await this.#loop.rotate();
  }

  /** Goes on with another configuration; where it listens and its folders keep their values until the next start. */
  useConfiguration(configuration: Configuration): void {
    if (!configuration.collectors.some((each) => each.name === this.name)) {
      this.#log.error({}, "the new configuration does not name this collector; the present one stays in force");
      return;
    }
    this.#configuration = configuration;
    this.#gate.useConfiguration(configuration);
    this.#runs.useConfiguration(configuration);
    this.#presence.useConfiguration(configuration);
    this.#oneWay.useConfiguration(configuration, collectorNamed(configuration, this.name).maxSightings);
    this.#alerts.useConfiguration(configuration);
    const settings = collectorNamed(configuration, this.name);
    this.#loop.useOptions(settings);
    this.#relay.useSettings(settings);
    this.#events.tell("info", "configuration_switched", this.name, "a new configuration is in force", {
      configuration: configuration.hash,
    });
  }

  async stop(): Promise<void> {
    this.#callOff();
    this.#events.tell("info", "collector_stopped", this.name, "the collector has stopped", {
      ...Object.fromEntries(this.#counters.snapshot()),
    });
    this.#oneWay.tellAll();
    // The last commit is still acknowledged, so the probes need not send again what is safe.
    await this.#alerts.stop();
    await this.#loop.stop();
    await this.#socket.stop();
    await this.#logs.close();
    await this.#relay.stop();
    await this.#healthServer?.stop();
  }

  #heartbeatS(name: string): number {
    return this.#configuration.probes.find((probe) => probe.name === name)?.heartbeatS ?? 5;
  }

  #takePdu(session: Session<StreamIntake>, pdu: DataPdu): boolean {
    // What is not taken may be sent again by anybody, and says nothing.
    if (!session.intake.take(pdu, session.sender)) return false;
    this.#runs.compareConfigurations(session, pdu);
    this.#clocks.compare(session, pdu);
    this.#loop.noteTaken();
    return true;
  }

  #onSession(session: Session<StreamIntake>): void {
    const { probe, relay, run, peer } = session;
    this.#log.info({ probe, ...(relay !== null && { relay }), run, peer }, "a probe has begun a session");
  }

  #answerAll(): void {
    for (const session of this.#gate.sessions) {
      if (session.owesAnswer) session.answer((datagram, peer) => this.#socket.send(datagram, peer));
    }
  }

  #look(): void {
    if (this.#loop.isWell) this.#oneWay.passTime();
    this.#presence.look(this.#gate.sessions, this.#loop.isWell);
    this.#silence.look(this.#gate.sessions);
    for (const session of this.#gate.sessions) {
      const wanted = [...session.intake.wanted(), ...this.#alerts.wanted(session.probe, session.run)];
      if (wanted.length > 0) session.request(wanted, (datagram, peer) => this.#socket.send(datagram, peer));
      this.#forgetIfOver(session);
    }
    this.#alerts.look();
    this.#runs.giveUpOnAbsent(this.#gate.sessions);
  }

  #forgetIfOver(session: Session<StreamIntake>): void {
    if (!this.#runs.isOver(session)) return;
    this.#gate.forget(session);
    // Others may still bring the run.
    if (this.#gate.sessionsOf(session.run).length > 0) return;
    this.#runs.forget(session);
    this.#clocks.forget(session);
  }
}

/** A new life's number: milliseconds since the epoch and two random bytes, so that log files sort by their writing. */
function newEpoch(clock: Clock): string {
  return clock.wallMs().toString(16).padStart(12, "0").slice(-12) + randomBytes(2).toString("hex");
}
