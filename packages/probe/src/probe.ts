import {
  type Clock,
  type Counters,
  EXIT,
  type ExitCode,
  HealthServer,
  type Logger,
  Progress,
  type ServiceState,
} from "@trafmon/runtime";
import {
  type Configuration,
  type InterfaceSettings,
  type ProbeSettings,
  probeNamed,
  readKeyFile,
  type Services,
} from "@trafmon/settings";
import { Analysis, type AnalysisSettings } from "./analysis/analysis.ts";
import { ProbeHealth } from "./answer/probe-health.ts";
import type { CapturePlan } from "./capture/capture-stage.ts";
import { STATISTICS_INTERVAL_S } from "./capture/capture-statistics.ts";
import { CaptureThread } from "./capture/capture-thread.ts";
import { copyPlan } from "./capture/copy-plan.ts";
import { liveFeed } from "./capture/live-feed.ts";
import type { PacketConsumer, PacketFeed } from "./capture/packet-feed.ts";
import { type ReplayFile, replayFiles } from "./capture/replay-files.ts";
import type { FilteredInterface } from "./capture/replay-filters.ts";
import { probeError } from "./errors.ts";
import { followsTcp, payloadWishes } from "./measure/catalogue.ts";
import { OutsideEvents } from "./outside/outside-events.ts";
import { ProbeEvents } from "./probe-events.ts";
import { ProbeNews } from "./probe-news.ts";
import { ProbeTransport } from "./send/probe-transport.ts";

/** Names that stand in the .diag file. */
export const PROBE_PARTS = ["capture", "analysis", "transport", "events"] as const;
export type ProbePart = (typeof PROBE_PARTS)[number];

export interface ProbeParts {
  readonly configuration: Configuration;
  readonly name: string;
  readonly services: Services;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Logger;
  /** Logs of its parts, for each of which the .diag file may set a level. */
  readonly logs: Readonly<Record<ProbePart, Logger>>;
  /** Whether a replay says on stderr how far it has come. */
  readonly showsProgress: boolean;
}

/** A replay waits where live capture would drop, so its ring need not be larger than what stays in the processor's cache. */
const REPLAY_RING_BYTES = 4 << 20;
/** How often the analysis says how far it is, at level debug. */
const FIGURES_MS = 1000;
/** How often a live probe looks whether the system clock is kept right. */
const CLOCK_MS = 10_000;

/** What files stand for where the configuration names no interface. */
const REPLAYED = { name: "replay", filter: "", tapGroup: "replay" };

/** The probe: capture and analysis on one side, the transport to the collectors on the other. */
export class Probe {
  readonly #parts: ProbeParts;
  readonly #settings: ProbeSettings;
  /** By number. */
  readonly #interfaces: readonly Pick<InterfaceSettings, "name" | "filter" | "tapGroup" | "detectsDuplicates">[];
  readonly #transport: ProbeTransport;
  #madeAnalysis: Analysis | null = null;
  readonly #events: ProbeEvents;
  readonly #news: ProbeNews;
  readonly #health: ProbeHealth;
  #configuration: Configuration;
  /** While interfaces are watched. */
  #feed: PacketFeed | null = null;
  #outside: OutsideEvents | null = null;

  /** @throws {CodedError} SETTINGS_NAME_UNKNOWN, SETTINGS_KEY_UNREADABLE, PROBE_INTERFACE_MISSING */
  constructor(parts: ProbeParts, mode: "live" | "replay") {
    const { configuration, name, clock, counters, logs } = parts;
    this.#parts = parts;
    this.#configuration = configuration;
    this.#settings = probeNamed(configuration, name);
    const { interfaces } = this.#settings;
    if (mode === "live" && interfaces.length === 0)
      throw probeError("PROBE_INTERFACE_MISSING", `cannot watch: the probe ${name} has no interface`);
    this.#interfaces =
      interfaces.length === 0 ? [{ ...REPLAYED, detectsDuplicates: this.#settings.detectsDuplicates }] : interfaces;
    this.#transport = new ProbeTransport({
      probe: this.#settings,
      configurationHash: configuration.hash,
      sharedKey: this.#settings.security === "none" ? null : readKeyFile(this.#settings.keyFile),
      mode,
      clock,
      counters,
      log: logs.transport,
    });
    const { sink } = this.#transport;
    this.#events = new ProbeEvents(sink, clock);
    this.#news = new ProbeNews(parts.log, logs.capture, this.#events);
    this.#health = new ProbeHealth({
      probe: this.#settings,
      clock,
      counters,
      configurationHash: () => this.#configuration.hash,
      spoolBytes: () => this.#transport.spoolBytes,
      collectors: () => this.#transport.collectors,
      analysis: () => this.#analysis.figures,
    });
  }

  /** Made when it is first needed, for its tables take a while: the capture thread starts meanwhile. */
  get #analysis(): Analysis {
    const { services } = this.#parts;
    this.#madeAnalysis ??= new Analysis(this.#analysisSettings(this.#configuration), {
      sink: this.#transport.sink,
      serviceOf: (protocol, one, other) => {
        const entry = services.serviceOf(protocol, one, other);
        return entry === null ? null : { name: entry.service, port: entry.port };
      },
    });
    return this.#madeAnalysis;
  }

  /**
   * Replays capture files at full speed, packet time being the clock, and waits until all is acknowledged.
   * @throws {CodedError} PROBE_CAPTURE_FILE_UNREADABLE, PROBE_FILTER_INVALID, PROBE_NOT_ACKNOWLEDGED,
   *   PROBE_SPOOL_UNWRITABLE
   */
  async replay(words: readonly string[], waitMs: number, stopping: AbortSignal): Promise<ExitCode> {
    const files = replayFiles(
      words,
      this.#interfaces.map(({ name }) => name),
    );
    const feed = new CaptureThread({
      plan: this.#plan(this.#configuration),
      source: { kind: "files", files, filters: this.#replayFilters(files) },
      ringBytes: Math.min(this.#settings.ringBytes, REPLAY_RING_BYTES),
    });
    feed.start();
    const progress = new Progress({ label: "replaying", total: null, unit: "packets", clock: this.#parts.clock });
    await this.#run(
      feed,
      stopping,
      (consume) => this.#whileRoom(consume, waitMs, progress),
      () => this.#news.faults(feed.faults),
    );
    if (this.#parts.showsProgress) progress.finish(this.#analysis.packets);
    if (!(await this.#transport.finish(waitMs))) {
      const error = this.#notAcknowledged();
      await this.#transport.stop();
      throw error;
    }
    await this.#transport.stop();
    return feed.faults.length > 0 ? EXIT.DATA_REJECTED : EXIT.DONE;
  }

  /**
   * Watches the interfaces until told to stop. What is not acknowledged by then stays in the spool. `onCapturing`: all
   * interfaces are open.
   * @throws {CodedError} PROBE_INTERFACE_UNKNOWN and what else keeps libpcap from capturing
   */
  async watch(stopping: AbortSignal, onCapturing = () => {}): Promise<void> {
    const { capture: log } = this.#parts.logs;
    let callOffClock = () => {};
    const feed = liveFeed(this.#settings, this.#plan(this.#configuration), {
      onInterfaceChange: (change) => {
        this.#health.noteInterface(change);
        this.#news.interface(change);
      },
      onFigures: (figures) => this.#health.noteFigures(figures),
      onOpened: () => {
        const names = this.#settings.interfaces.map(({ name }) => name);
        log.info({ interfaces: names }, "capturing");
        onCapturing();
        this.#news.offloads(names);
        this.#news.clock();
        callOffClock = this.#parts.clock.every(CLOCK_MS, () => this.#news.clock());
      },
      onFallback: (reason) => log.warn({ reason: reason.message }, "capturing through the pcap package, more slowly"),
    });
    this.#feed = feed;
    await this.#lookOutside(this.#settings);
    const server = this.#healthServer();
    await server?.start();
    const callOff = this.#parts.clock.every(FIGURES_MS, () =>
      this.#parts.logs.analysis.debug({ packets: this.#analysis.packets, ...this.#analysis.figures }, "so far"),
    );
    try {
      await this.#run(
        feed,
        stopping,
        (consume) => consume,
        () => {},
      );
    } finally {
      callOff();
      callOffClock();
      await server?.stop();
      await this.#outside?.stop();
    }
    await this.#transport.finish(2 * this.#settings.heartbeatS * 1000);
    await this.#transport.stop();
  }

  /** Goes over to another configuration; interfaces and collectors keep theirs until the next start. */
  useConfiguration(configuration: Configuration): void {
    const { name, log } = this.#parts;
    if (!configuration.probes.some((each) => each.name === name)) {
      log.error({ probe: name }, "the new configuration does not name this probe; the present one stays in force");
      return;
    }
    this.#feed?.usePlan(this.#plan(configuration), () => {
      this.#configuration = configuration;
      this.#analysis.switchTo(this.#analysisSettings(configuration));
      this.#transport.sink.useConfiguration(configuration.hash);
      this.#events.tell("info", "configuration_switched", "probe", "a new configuration is in force", {
        configuration: configuration.hash,
      });
      this.#lookOutside(probeNamed(configuration, name)).catch((error) =>
        log.error({ reason: (error as Error).message }, "the new event sources are not looked at"),
      );
    });
  }

  /** What systemd is told while interfaces are watched. */
  get serviceState(): ServiceState {
    return { status: () => this.#health.statusLine, isAlive: () => this.#health.isCapturing };
  }

  #healthServer(): HealthServer | null {
    const { health } = this.#settings;
    return health === null ? null : new HealthServer(health, this.#health, this.#parts.clock, this.#parts.log);
  }

  /** Looks at these event sources from now on. */
  async #lookOutside({ eventSources }: ProbeSettings): Promise<void> {
    await this.#outside?.stop();
    const { clock, logs } = this.#parts;
    this.#outside = new OutsideEvents(eventSources, { events: this.#events, clock, log: logs.events });
    await this.#outside.start();
  }

  #notAcknowledged(): Error {
    const { spoolBytes } = this.#transport;
    return probeError("PROBE_NOT_ACKNOWLEDGED", `cannot finish: ${spoolBytes} bytes were not acknowledged in time`);
  }

  async #run(
    feed: PacketFeed,
    stopping: AbortSignal,
    wrap: (consume: PacketConsumer) => PacketConsumer,
    beforeEnd: () => void,
  ): Promise<void> {
    const analysis = this.#analysis;
    await this.#transport.start();
    if (this.#settings.security === "none")
      this.#events.tell("warning", "security_none", "probe", "datagrams are neither sealed nor authenticated");
    this.#events.tell("info", "probe_started", "probe", "the probe has started", {
      configuration: this.#configuration.hash,
    });
    const stop = () => feed.stop();
    stopping.addEventListener("abort", stop, { once: true });
    try {
      await feed.run(wrap((words, from, until) => analysis.consume(words, from, until)));
    } catch (error) {
      await this.#transport.stop();
      throw error;
    } finally {
      stopping.removeEventListener("abort", stop);
    }
    analysis.finish();
    beforeEnd();
    this.#news.refusedRecords(this.#parts.counters);
    this.#events.tell("info", "probe_stopped", "probe", "the probe has stopped");
  }

  /** Filters of the interfaces that files stand for. */
  #replayFilters(files: readonly ReplayFile[]): readonly FilteredInterface[] {
    const isUsed = (number: number) => files.some(({ interfaceNumber }) => interfaceNumber === number);
    return this.#news.applicable(
      this.#interfaces.map(({ name, filter }, number) => ({ name, filter: isUsed(number) ? filter : "" })),
    );
  }

  /** A full spool holds the reading of files. */
  #whileRoom(consume: PacketConsumer, waitMs: number, progress: Progress): PacketConsumer {
    return (words, from, until) => {
      consume(words, from, until);
      if (this.#parts.showsProgress) progress.update(this.#analysis.packets);
      if (!this.#transport.hasRoom) return this.#makeRoom(waitMs);
    };
  }

  async #makeRoom(waitMs: number): Promise<void> {
    if (!(await this.#transport.whenRoom(waitMs))) throw this.#notAcknowledged();
  }

  #plan({ flowClasses: classes }: Configuration): CapturePlan {
    return {
      probe: this.#settings.name,
      interfaces: this.#interfaces.map(({ name }) => name),
      classes,
      payload: classes.map(({ measure }) => payloadWishes(measure)),
      followsTcp: followsTcp(classes),
      copies: copyPlan(this.#interfaces, this.#settings.duplicateWindowMs),
      statisticsIntervalS: STATISTICS_INTERVAL_S,
    };
  }

  #analysisSettings(configuration: Configuration): AnalysisSettings {
    const probe = probeNamed(configuration, this.#parts.name);
    return { probe, flowClasses: configuration.flowClasses, interfaces: this.#interfaces };
  }
}
