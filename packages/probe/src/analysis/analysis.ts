import type { ObservationSink } from "@trafmon/observation";
import {
  FLAG_FRAGMENT,
  FLAGS,
  FRAGMENT_OFFSET,
  KIND_CLOCK,
  KIND_PACKET,
  KIND_SHIFT,
  KIND_STATISTICS,
  LENGTH,
  NANOS,
  SECONDS,
} from "@trafmon/packet";
import type { FlowClassSettings, ProbeSettings } from "@trafmon/settings";
import { STATISTICS_INTERVAL_S } from "../capture/capture-statistics.ts";
import type { WatchedInterface } from "../classify/flow-announcer.ts";
import type { ServiceLookup } from "../classify/service-lookup.ts";
import type { SessionNumbers } from "../measure/measurement.ts";
import type { SegmentVerdict } from "../measure/tcp/segment-verdict.ts";
import type { TcpTables } from "../measure/tcp/tcp-tables.ts";
import type { WatchedCount } from "../measure/watched-count.ts";
import { IpFragments } from "../reassemble/ip-fragments.ts";
import { AnalysisEvents } from "./analysis-events.ts";
import { announceObjectives } from "./announce-objectives.ts";
import { CaptureStatisticsWriter } from "./capture-statistics-writer.ts";
import { DuplicateShares } from "./duplicate-shares.ts";
import { FlowCounting } from "./flow-counting.ts";
import { SourceClock } from "./source-clock.ts";

/** What the analysis needs of the configuration. */
export interface AnalysisSettings {
  readonly probe: ProbeSettings;
  readonly flowClasses: readonly FlowClassSettings[];
  /** The interfaces packet records name by number. */
  readonly interfaces: readonly WatchedInterface[];
}

export interface AnalysisParts {
  readonly sink: ObservationSink;
  readonly serviceOf: ServiceLookup;
}

/** What the analysis did so far that an operator may want to know, and the memory it holds. */
export interface AnalysisFigures {
  readonly flowsMade: number;
  readonly flowsEvicted: number;
  /** Times a packet's tuple was given to an overflow instance. */
  readonly tuplesOverflowed: number;
  readonly connectionsEvicted: number;
  readonly fragmentsHeld: number;
  readonly memoryBytes: number;
}

/**
 * The second stage of the probe: takes packet records, in the order captured, and writes observations. Its only clock is
 * the packets' own, so the same records give the same observations, however they were cut into batches.
 */
export class Analysis {
  readonly #parts: AnalysisParts;
  #settings: AnalysisSettings;
  readonly #clock: SourceClock;
  /** Packets taken so far. */
  packets = 0;
  #counting!: FlowCounting;
  #fragments!: IpFragments;
  readonly #shares: DuplicateShares;
  readonly #statistics: CaptureStatisticsWriter;
  #events!: AnalysisEvents;
  #sweepEveryS = 1;
  #nextSweepS = 0;
  /** Second of the source clock up to which what was due has been done. */
  #doneS = -1;
  /** Whether it is still to be said what the classes promise: that begins with an instant of the source clock. */
  #owesObjectives = true;
  #nextFlowId = 1;
  #nextConnectionId = 1;
  /** Numbers of what protocols tell apart, within the run. */
  readonly #numbers: SessionNumbers = { next: 1 };

  constructor(settings: AnalysisSettings, parts: AnalysisParts) {
    this.#parts = parts;
    this.#settings = settings;
    this.#clock = new SourceClock(settings.probe.maxStepS);
    this.#shares = new DuplicateShares(parts.sink, settings.interfaces, STATISTICS_INTERVAL_S);
    this.#statistics = new CaptureStatisticsWriter({
      sink: parts.sink,
      interfaces: settings.interfaces,
      shares: this.#shares,
      holdsFragments: () => this.#fragments.held > 0,
    });
    this.#arrange(null);
  }

  get figures(): AnalysisFigures {
    const { instances, tcp, bytes } = this.#counting;
    return {
      flowsMade: instances.counters.made,
      flowsEvicted: instances.counters.evicted,
      tuplesOverflowed: instances.counters.overflowed,
      connectionsEvicted: tcp.evicted + tcp.attemptsEvicted,
      fragmentsHeld: this.#fragments.held,
      memoryBytes: bytes + this.#fragments.bytes,
    };
  }

  /** What was made of the last TCP segment of a class that asks for TCP. */
  get segmentVerdict(): SegmentVerdict {
    return this.#counting.verdict;
  }

  /** Analyses the records in `words` from word `from` until word `until`, not included. */
  consume(words: Int32Array, from: number, until: number): void {
    for (let at = from; at < until; ) {
      const count = this.#counting.lookAhead(words, at, until);
      for (let place = 0; place < count; place++) {
        const flags = words[at + FLAGS]!;
        const kind = flags >>> KIND_SHIFT;
        if (kind === KIND_PACKET) {
          this.packets++;
          this.#packet(words, at, flags, place);
        } else if (kind === KIND_STATISTICS) this.#statistics.take(words, at, this.#clock.s);
        else if (kind === KIND_CLOCK) this.advance(words[at + SECONDS]! >>> 0, words[at + NANOS]!);
        at += words[at + LENGTH]!;
      }
    }
  }

  /** Everything captured before this instant has been given. */
  advance(s: number, nanos: number): void {
    this.#clock.advance(s, nanos);
    if (this.#clock.isWrong) this.#goBack(s, nanos);
    if (this.#clock.s !== this.#doneS) this.#tick();
  }

  /** Writes all that is pending. Nothing is to be given afterwards. */
  finish(): void {
    this.#close("stop", false);
  }

  /**
   * Goes over to another configuration: what is pending is written as partial deltas, flows and connections get new
   * numbers. A TCP connection is written as open, and goes on under its own number.
   */
  switchTo(settings: AnalysisSettings): void {
    const taps = ({ interfaces }: AnalysisSettings) => JSON.stringify(interfaces.map(({ tapGroup }) => tapGroup));
    const hasSameTaps = taps(settings) === taps(this.#settings);
    const carried = this.#close("switch", hasSameTaps);
    this.#settings = settings;
    this.#arrange(carried);
    if (this.#clock.s >= 0) this.#announceObjectives();
  }

  /** `carried`: TCP connections that go on; null: none do. */
  #arrange(carried: TcpTables | null): void {
    const { probe, flowClasses } = this.#settings;
    const { sink, serviceOf } = this.#parts;
    this.#counting = new FlowCounting({
      settings: this.#settings,
      clock: this.#clock,
      sink,
      serviceOf,
      shares: this.#shares,
      onUnmatched: (words, at) => this.#statistics.countUnmatched(words, at),
      firstFlowId: this.#nextFlowId,
      firstConnectionId: this.#nextConnectionId,
      carried,
      numbers: this.#numbers,
    });
    const counting = this.#counting;
    this.#fragments = new IpFragments(probe.maxFragments, (words, at) => counting.count(words, at));
    this.#events = new AnalysisEvents(sink, this.#watchedCounts());
    this.#sweepEveryS = Math.max(1, Math.floor(Math.min(...flowClasses.map(({ idleS }) => idleS), 300) / 4));
    this.#nextSweepS = 0;
    this.#owesObjectives = true;
  }

  #announceObjectives(): void {
    announceObjectives(this.#parts.sink, this.#settings, this.#clock);
    this.#owesObjectives = false;
  }

  /** `goesOn`: gives the TCP connections, for another configuration. */
  #close(reason: "stop" | "switch", goesOn: boolean): TcpTables | null {
    this.#fragments.flush();
    this.#statistics.writeAll();
    const connections = this.#counting.close(reason, goesOn);
    this.#events.tellRest(this.#clock.s, this.#clock.nanos);
    this.#nextFlowId = this.#counting.instances.nextId;
    this.#nextConnectionId = this.#counting.tcp.nextConnectionId;
    this.#parts.sink.advance(Math.max(0, this.#clock.s), this.#clock.nanos);
    return connections;
  }

  /** Sets the clock back: everything that waits for a time ahead is closed as for another configuration. */
  #goBack(s: number, nanos: number): void {
    this.#arrange(this.#close("switch", false));
    this.#clock.setBack(s, nanos);
  }

  /** `place`: which of the packets looked ahead at it is. */
  #packet(words: Int32Array, at: number, flags: number, place: number): void {
    const clock = this.#clock;
    clock.see(words[at + SECONDS]! >>> 0, words[at + NANOS]!);
    if (clock.isWrong) this.#goBack(words[at + SECONDS]! >>> 0, words[at + NANOS]!);
    if (clock.s !== this.#doneS) this.#tick();
    if ((flags & FLAG_FRAGMENT) === 0) this.#counting.countAhead(words, at, place);
    else if (words[at + FRAGMENT_OFFSET] === 0) this.#fragments.first(words, at, clock.s);
    else this.#fragments.later(words, at, clock.s);
  }

  /** Does what has become due since the source clock's last second. */
  #tick(): void {
    const { s, nanos } = this.#clock;
    this.#doneS = s;
    if (this.#owesObjectives) this.#announceObjectives();
    this.#fragments.expire(s);
    this.#statistics.writeSettled(s);
    this.#counting.writeEnded(s, nanos);
    if (s >= this.#nextSweepS) {
      this.#counting.instances.endIdle(s, nanos);
      this.#nextSweepS = s + this.#sweepEveryS;
    }
    this.#events.tell(s, nanos);
    // Packets come late by so much. Counters and connections are written when their interval or they themselves end.
    const latenessS = Math.ceil(this.#settings.probe.latenessS);
    const heldS = Math.max(0, this.#fragments.heldSinceS - latenessS);
    this.#parts.sink.advance(Math.max(0, s - latenessS), 0, heldS);
  }

  #watchedCounts(): WatchedCount[] {
    const counting = this.#counting;
    const { instances, tcp, streams } = counting;
    const fragments = this.#fragments;
    return [
      {
        code: "flows_evicted",
        text: "flow instances ended early to make room; maxFlows is too small for this traffic",
        counts: () => ({ instances: instances.counters.evicted }),
      },
      {
        code: "flows_overflowed",
        text: "packets count in overflow instances, for no flow instance was free",
        counts: () => ({ tuples: instances.counters.overflowed }),
      },
      {
        code: "connections_evicted",
        text: "TCP connections were given up to make room; maxConnections is too small for this traffic",
        counts: () => ({ connections: tcp.evicted, attempts: tcp.attemptsEvicted }),
      },
      {
        code: "streams_evicted",
        text: "TCP connections were no longer read, to make room for others; maxStreams is too small for this traffic",
        counts: () => ({ connections: streams.evicted }),
      },
      {
        code: "stream_bytes_given_up",
        text: "bytes of TCP connections were not waited for, for too much that came early was held",
        counts: () => ({ times: streams.limitReached }),
      },
      ...streams.watched,
      counting.identities.watched,
      {
        code: "fragments_unresolved",
        text: "fragments count without ports, for the first of their datagram did not come in time",
        counts: () => ({ timeout: fragments.unresolved.timeout, limit: fragments.unresolved.limit }),
      },
      {
        code: "fragments_overlap",
        text: "IP fragments overlap, as attacks make them; the first copy wins, and IPv6 datagrams are discarded",
        counts: () => ({ ipv4: fragments.overlaps.ipv4, ipv6: fragments.overlaps.ipv6 }),
      },
      {
        code: "requests_evicted",
        text: "requests count as unanswered to make room; maxRequests is too small for this traffic",
        counts: () => ({ requests: counting.requestTrouble.evicted }),
      },
      {
        code: "requests_cut_off",
        text: "requests that still waited for a reply count as unanswered, for the analysis ended",
        severity: "info",
        counts: () => ({ requests: counting.requestTrouble.cutOff }),
      },
      {
        code: "requests_undecided",
        text: "requests do not count, for pieces of their connections were not captured",
        counts: () => ({ requests: counting.requestTrouble.withdrawn }),
      },
      {
        code: "messages_unreadable",
        text: "messages on ports of a request protocol could not be read as such",
        counts: () => counting.requestTrouble.unreadable,
      },
      {
        code: "clock_leap_refused",
        text: "packets far ahead of all others did not move the clock",
        counts: () => ({ leaps: this.#clock.refusedLeaps }),
      },
      {
        code: "clock_set_back",
        text: "packets went on far behind the clock; flows and connections begin anew",
        counts: () => ({ times: this.#clock.setBacks }),
      },
    ];
  }
}
