import type { Clock, Counters, HealthReport, HealthSource, Metric } from "@trafmon/runtime";
import { VERSION } from "@trafmon/runtime";
import type { Relay } from "../forward/relay.ts";
import type { Session } from "../receive/session.ts";
import type { StreamIntake } from "../receive/stream-intake.ts";
import { collectorMetrics } from "./collector-metrics.ts";

/** What is told of forwarding. */
export type RelayHealth = Pick<Relay, "state" | "drains" | "left" | "counters">;

/** A spool this full will soon let counters go. */
const SPOOL_NEARLY_FULL = 0.9;

export interface CollectorHealthParts {
  readonly name: string;
  readonly clock: Clock;
  readonly counters: Counters;
  /** Hash of the configuration in force. */
  configurationHash(): string;
  sessions(): Iterable<Session<StreamIntake>>;
  isSilent(session: Session): boolean;
  /** What is forwarded to another collector. */
  readonly relay: RelayHealth;
  /** How long the disk has refused; null: it does not. */
  failingMs(): number | null;
  /** Datagrams that the kernel had no room for; null: not known. */
  kernelDrops(): number | null;
  /** Sightings of packets that wait for those of other hops. */
  sightingsWaiting(): number;
}

/** How far a collector is with a probe's run. */
export interface RunState {
  readonly probe: string;
  readonly run: string;
  /** Name of the collector that forwards it; null: the probe sends it. */
  readonly relay: string | null;
  readonly from: string;
  readonly heardAgoS: number;
  readonly isSilent: boolean;
  readonly hasEnded: boolean;
  /** It has ended, or is silent while a later run of the probe is heard: nothing is expected of it. */
  readonly isOver: boolean;
  /** Everything the probe captured before it is taken, seconds since the epoch; null: nothing has come. */
  readonly watermarkS: number | null;
  /** Age of that; null for a run that has ended, or of which nothing has come. */
  readonly lagS: number | null;
  /** PDUs that are here and wait for earlier ones. */
  readonly earlyPdus: number;
}

/** How a collector is: whether it can write, and how far it is with each probe. */
export class CollectorHealth implements HealthSource {
  readonly #parts: CollectorHealthParts;
  readonly #startMs: number;

  constructor(parts: CollectorHealthParts) {
    this.#parts = parts;
    this.#startMs = parts.clock.monotonicMs();
  }

  get runs(): readonly RunState[] {
    const { clock, sessions, isSilent } = this.#parts;
    const [nowMs, wallS] = [clock.monotonicMs(), clock.wallMs() / 1000];
    const all = [...sessions()];
    const isReplaced = (of: Session) => all.some(({ probe, heardMs }) => probe === of.probe && heardMs > of.heardMs);
    return all
      .map((session) => ({ session, isSilent: isSilent(session) }))
      .map(({ session, isSilent }) => {
        const { probe, run, relay, peer, heardMs, intake } = session;
        return {
          probe,
          run,
          relay,
          from: `${peer.address} port ${peer.port}`,
          heardAgoS: (nowMs - heardMs) / 1000,
          isSilent,
          hasEnded: intake.hasEnded,
          isOver: intake.hasEnded || (isSilent && isReplaced(session)),
          watermarkS: intake.watermarkS,
          lagS: intake.hasEnded || intake.watermarkS === null ? null : Math.max(0, wallS - intake.watermarkS),
          earlyPdus: intake.earlyPdus,
        };
      });
  }

  /** How it is, in a line. */
  get statusLine(): string {
    const live = this.runs.filter(({ isOver }) => !isOver);
    const silent = live.filter(({ isSilent }) => isSilent).map(({ probe }) => probe);
    const records = [...this.#parts.counters.snapshot()]
      .filter(([name]) => name.startsWith("records_written_"))
      .reduce((sum, [, count]) => sum + count, 0);
    const parts = [`${live.length - silent.length} probes heard, ${records} records written`];
    if (silent.length > 0) parts.push(`silent: ${silent.join(" ")}`);
    return [...parts, ...this.health().troubles].join("; ");
  }

  health(): HealthReport {
    const { name, clock, counters, configurationHash, kernelDrops, relay } = this.#parts;
    const forwarding = relay.state;
    return {
      troubles: this.#troubles(),
      figures: {
        program: "tmon_collector",
        version: VERSION,
        name,
        running_s: Math.round((clock.monotonicMs() - this.#startMs) / 1000),
        configuration: configurationHash(),
        datagrams: {
          received: counters.counter("datagrams_received").value,
          refused: Object.fromEntries(counters.byReason("datagrams_refused").entries()),
          dropped_by_kernel: kernelDrops(),
        },
        probes: this.runs.map((each) => ({
          name: each.probe,
          run: each.run,
          ...(each.relay !== null && { relay: each.relay }),
          from: each.from,
          heard_s_ago: each.heardAgoS,
          is_silent: each.isSilent,
          has_ended: each.hasEnded,
          lag_s: each.lagS,
          early_pdus: each.earlyPdus,
        })),
        ...(forwarding !== null && {
          forwarding: {
            to: forwarding.collector,
            waiting_pdus: forwarding.waitingPdus,
            spool_bytes: forwarding.spoolBytes,
            spool_limit_bytes: forwarding.spoolLimitBytes,
            heard_s_ago: forwarding.quietS,
          },
        }),
        ...(relay.drains.length > 0 && {
          draining: relay.drains.map((each) => ({
            to: each.collector,
            waiting_pdus: each.waitingPdus,
            spool_bytes: each.spoolBytes,
            heard_s_ago: each.quietS,
          })),
        }),
        ...(relay.left.length > 0 && {
          forward_left: relay.left.map(({ collector: to, folder, runs, bytes }) => ({ to, folder, runs, bytes })),
        }),
      },
    };
  }

  metrics(): readonly Metric[] {
    const { counters, failingMs, kernelDrops, sightingsWaiting, relay } = this.#parts;
    return collectorMetrics({
      isWriting: failingMs() === null,
      runs: this.runs,
      kernelDrops: kernelDrops(),
      sightingsWaiting: sightingsWaiting(),
      counters,
      relay,
      troubles: this.#troubles().length,
    });
  }

  #troubles(): readonly string[] {
    const { failingMs, relay } = this.#parts;
    const troubles: string[] = [];
    const failing = failingMs();
    if (failing !== null) troubles.push(`the logs cannot be written since ${Math.round(failing / 1000)} s`);
    if (relay.state !== null) {
      const { collector, spoolBytes, spoolLimitBytes } = relay.state;
      const share = spoolBytes / spoolLimitBytes;
      if (share >= SPOOL_NEARLY_FULL)
        troubles.push(`the spool of what is forwarded to ${collector} is ${Math.floor(share * 100)} % full`);
    }
    for (const { collector, folder, runs, bytes } of relay.left) {
      const what = `${bytes} bytes of ${runs} ${runs === 1 ? "run" : "runs"} wait for ${collector}`;
      troubles.push(`${what}, to which nothing is sent: name it in a drainTo, or remove ${folder}`);
    }
    return troubles;
  }
}
