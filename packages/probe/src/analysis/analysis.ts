import type { ObservationSink } from "@trafmon/observation";
import {
  FLAG_FRAGMENT,
  FLAG_PORTS,
  FLAG_TRANSPORT,
  FLAGS,
  FRAGMENT_OFFSET,
  KIND_CLOCK,
  KIND_PACKET,
  KIND_SHIFT,
  KIND_STATISTICS,
  LENGTH,
  NANOS,
  PROTOCOL_TOS_TTL,
  SECONDS,
} from "@trafmon/packet";
import type { FlowClassSettings, ProbeSettings } from "@trafmon/settings";
import { FlowAnnouncer, type WatchedInterface } from "../classify/flow-announcer.ts";
import { type FlowClass, flowClasses } from "../classify/flow-class.ts";
import { FlowInstances } from "../classify/flow-instances.ts";
import { FlowKeyMaker } from "../classify/flow-key.ts";
import {
  INSTANCE_CLASS,
  INSTANCE_ID,
  INSTANCE_LAST_NANOS,
  INSTANCE_LAST_S,
  INSTANCE_STRIDE,
} from "../classify/instance-record.ts";
import { compileMatcher, type PacketMatcher } from "../classify/match-packet.ts";
import type { ServiceLookup } from "../classify/service-lookup.ts";
import { TUPLE_ASKS_TCP, TUPLE_FIRST_MEMBER, TUPLE_INFO, TupleCache, tupleMembers } from "../classify/tuple-cache.ts";
import { ClassMeasurements } from "../measure/class-measurements.ts";
import { newSegmentVerdict } from "../measure/tcp/segment-verdict.ts";
import { TcpMeasuring } from "../measure/tcp/tcp-measuring.ts";
import { IpFragments } from "../reassemble/ip-fragments.ts";
import { AnalysisEvents, type WatchedCount } from "./analysis-events.ts";
import { CaptureStatisticsWriter } from "./capture-statistics-writer.ts";
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

/** Kinds of packet that measurements tell apart; places in a class's programs. */
const OTHER = 0;
const TCP = 1;
const UDP = 2;
const ICMP = 3;

/**
 * The second stage of the probe: takes packet records, in the order captured, and writes observations. Its only clock is
 * the packets' own, so the same records give the same observations, however they were cut into batches.
 */
export class Analysis {
  readonly #parts: AnalysisParts;
  #settings: AnalysisSettings;
  readonly #clock: SourceClock;
  #classes!: readonly FlowClass[];
  #match!: PacketMatcher;
  #tuples!: TupleCache;
  #instances!: FlowInstances;
  #measurements!: ClassMeasurements;
  #tcp!: TcpMeasuring;
  #fragments!: IpFragments;
  #statistics!: CaptureStatisticsWriter;
  #events!: AnalysisEvents;
  #sweepEveryS = 1;
  #nextSweepS = 0;
  /** Second of the source clock up to which what was due has been done. */
  #doneS = -1;
  #nextFlowId = 1;
  #nextConnectionId = 1;

  constructor(settings: AnalysisSettings, parts: AnalysisParts) {
    this.#parts = parts;
    this.#settings = settings;
    this.#clock = new SourceClock(settings.probe.maxStepS);
    this.#arrange();
  }

  /** Analyses the records in `words` from word `from` until word `until`, not included. */
  consume(words: Int32Array, from: number, until: number): void {
    for (let at = from; at < until; at += words[at + LENGTH]!) {
      const flags = words[at + FLAGS]!;
      const kind = flags >>> KIND_SHIFT;
      if (kind === KIND_PACKET) this.#packet(words, at, flags);
      else if (kind === KIND_STATISTICS) this.#statistics.write(words, at);
      else if (kind === KIND_CLOCK) this.advance(words[at + SECONDS]! >>> 0, words[at + NANOS]!);
    }
  }

  /** Everything captured before this instant has been given. */
  advance(s: number, nanos: number): void {
    this.#clock.advance(s, nanos);
    if (this.#clock.s !== this.#doneS) this.#tick();
  }

  /** Writes all that is pending. Nothing is to be given afterwards. */
  finish(): void {
    this.#close("stop");
  }

  /** Goes over to another configuration: what is pending is written as partial deltas, flows get new ids. */
  switchTo(settings: AnalysisSettings): void {
    this.#close("switch");
    this.#settings = settings;
    this.#arrange();
  }

  #arrange(): void {
    const { probe, flowClasses: classSettings, interfaces } = this.#settings;
    const { sink, serviceOf } = this.#parts;
    const place = { probe: probe.name, interfaces: interfaces.map(({ name }) => name) };
    this.#classes = flowClasses(classSettings);
    this.#match = compileMatcher(classSettings, place, "decided");
    // Two directions of each flow, in a cache that starts anew when it is full.
    this.#tuples = new TupleCache(this.#classes, Math.max(1024, 2 * probe.maxFlows));
    this.#instances = new FlowInstances(
      this.#classes,
      new FlowKeyMaker(serviceOf),
      new FlowAnnouncer(sink, interfaces),
      { writeOf: (slot) => this.#measurements.writeOf(slot) },
      { maxFlows: probe.maxFlows, firstId: this.#nextFlowId },
    );
    const verdict = newSegmentVerdict();
    const { pool: instances } = this.#instances;
    this.#measurements = new ClassMeasurements(this.#classes, { instances, sink, verdict, latenessS: probe.latenessS });
    this.#tcp = new TcpMeasuring({
      classes: this.#classes,
      instances,
      interfaces,
      maxConnections: probe.maxConnections,
      firstConnectionId: this.#nextConnectionId,
      connectionEventsOf: (flowClass) => this.#measurements.connectionEventsOf(flowClass),
      verdict,
      sink,
      serviceOf,
    });
    this.#fragments = new IpFragments(probe.maxFragments, (words, at) => this.#count(words, at));
    this.#statistics = new CaptureStatisticsWriter(sink, interfaces);
    this.#events = new AnalysisEvents(sink, this.#watchedCounts());
    const idles = classSettings.map(({ idleS }) => idleS);
    this.#sweepEveryS = Math.max(1, Math.floor(Math.min(300, ...idles) / 4));
    this.#nextSweepS = 0;
  }

  #close(reason: "stop" | "switch"): void {
    this.#fragments.flush();
    this.#events.tellRest(this.#clock.s, this.#clock.nanos);
    this.#tcp.finish();
    this.#measurements.writeAll();
    this.#instances.endAll(reason);
    this.#nextFlowId = this.#instances.nextId;
    this.#nextConnectionId = this.#tcp.nextConnectionId;
    this.#parts.sink.advance(Math.max(0, this.#clock.s), this.#clock.nanos);
  }

  #packet(words: Int32Array, at: number, flags: number): void {
    const clock = this.#clock;
    clock.see(words[at + SECONDS]! >>> 0, words[at + NANOS]!);
    if (clock.s !== this.#doneS) this.#tick();
    if ((flags & FLAG_FRAGMENT) === 0) this.#count(words, at);
    else if (words[at + FRAGMENT_OFFSET] === 0) this.#fragments.first(words, at, clock.s);
    else this.#fragments.later(words, at, clock.s);
  }

  /** Counts a packet in all flow instances it belongs to. */
  #count(words: Int32Array, at: number): void {
    if (this.#instances.overflowIsStale) {
      this.#instances.overflowIsStale = false;
      this.#tuples.clear();
    }
    let entry = this.#tuples.find(words, at);
    if (entry < 0) {
      entry = ~entry;
      this.#resolve(words, at, entry);
    } else if (!this.#isCurrent(words, at, entry)) {
      this.#resolve(words, at, entry);
    }
    const tuples = this.#tuples.pool.words;
    const info = tuples[entry + TUPLE_INFO]!;
    const end = entry + TUPLE_FIRST_MEMBER + 2 * tupleMembers(info);
    if (end === entry + TUPLE_FIRST_MEMBER) {
      this.#statistics.countUnmatched(words, at);
      return;
    }
    const kind = kindOf(words, at);
    if (info & TUPLE_ASKS_TCP) {
      if (kind === TCP) this.#tcp.segment(words, at, tuples, entry, this.#clock.s, this.#clock.nanos);
      else if (isHeadlessTcp(words, at)) {
        this.#tcp.headless(words, at, tuples, entry, this.#clock.s, this.#clock.nanos);
      }
    }
    for (let word = entry + TUPLE_FIRST_MEMBER; word < end; word += 2) {
      const slot = tuples[word]! >>> 1;
      const reverse = tuples[word]! & 1;
      const program = this.#measurements.programOf(
        this.#instances.pool.words[slot * INSTANCE_STRIDE + INSTANCE_CLASS]!,
        kind,
      );
      for (let step = 0; step < program.length; step++) program[step]!.count(words, at, slot, reverse);
    }
  }

  /** Whether the instances a cached tuple names still live; notes the packet as their last. */
  #isCurrent(words: Int32Array, at: number, entry: number): boolean {
    const tuples = this.#tuples.pool.words;
    const instances = this.#instances.pool.words;
    const { s: clockS, nanos: clockNanos } = this.#clock;
    const end = entry + TUPLE_FIRST_MEMBER + 2 * tupleMembers(tuples[entry + TUPLE_INFO]!);
    for (let word = entry + TUPLE_FIRST_MEMBER; word < end; word += 2) {
      const slot = tuples[word]! >>> 1;
      const base = slot * INSTANCE_STRIDE;
      if (instances[base + INSTANCE_ID] !== tuples[word + 1]) return false;
      if (clockS - (instances[base + INSTANCE_LAST_S]! >>> 0) >= this.#sweepEveryS) {
        if (this.#instances.isIdle(slot, clockS, clockNanos)) return false;
      }
      // The usual packet is the newest of all; any other needs a closer look.
      if (words[at + SECONDS]! >>> 0 === clockS && words[at + NANOS] === clockNanos) {
        instances[base + INSTANCE_LAST_S] = clockS;
        instances[base + INSTANCE_LAST_NANOS] = clockNanos;
      } else {
        this.#instances.touch(slot, words, at, clockS, clockNanos);
      }
    }
    return true;
  }

  /** Finds or makes the instances of every class that takes the packet, and keeps them in the tuple's entry. */
  #resolve(words: Int32Array, at: number, entry: number): void {
    const tuples = this.#tuples.pool.words;
    const classMask = this.#match(words, at);
    const { s: clockS, nanos: clockNanos } = this.#clock;
    let members = 0;
    let asksTcp = false;
    this.#instances.makeRoom(this.#classes.length, clockS, clockNanos);
    for (const flowClass of this.#classes) {
      if ((classMask & (1 << flowClass.index)) === 0) continue;
      asksTcp ||= flowClass.asksTcp;
      const member = this.#instances.memberOf(words, at, flowClass, clockS, clockNanos);
      const word = entry + TUPLE_FIRST_MEMBER + 2 * members++;
      tuples[word] = member;
      tuples[word + 1] = this.#instances.pool.words[(member >>> 1) * INSTANCE_STRIDE + INSTANCE_ID]!;
    }
    this.#tuples.setMembers(entry, members, asksTcp);
  }

  #watchedCounts(): WatchedCount[] {
    const [instances, tcp, fragments] = [this.#instances, this.#tcp, this.#fragments];
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
        counts: () => ({ connections: tcp.evicted }),
      },
      {
        code: "fragments_unresolved",
        text: "fragments count without ports, for the first of their datagram did not come in time",
        counts: () => ({ timeout: fragments.unresolved.timeout, limit: fragments.unresolved.limit }),
      },
      {
        code: "clock_leap_refused",
        text: "packets far ahead of all others did not move the clock",
        counts: () => ({ leaps: this.#clock.refusedLeaps }),
      },
    ];
  }

  /** Does what has become due since the source clock's last second. */
  #tick(): void {
    const clockS = this.#clock.s;
    this.#doneS = clockS;
    this.#fragments.expire(clockS);
    this.#tcp.turnTo(clockS, this.#clock.nanos);
    this.#measurements.writeEnded(clockS);
    if (clockS >= this.#nextSweepS) {
      this.#instances.endIdle(clockS, this.#clock.nanos);
      this.#nextSweepS = clockS + this.#sweepEveryS;
    }
    this.#events.tell(clockS, this.#clock.nanos);
    this.#parts.sink.advance(Math.max(0, clockS - Math.ceil(this.#settings.probe.latenessS)), 0);
  }
}

function kindOf(words: Int32Array, at: number): number {
  if ((words[at + FLAGS]! & FLAG_TRANSPORT) === 0) return OTHER;
  switch (words[at + PROTOCOL_TOS_TTL]! & 0xff) {
    case 6:
      return TCP;
    case 17:
      return UDP;
    case 1:
    case 58:
      return ICMP;
    default:
      return OTHER;
  }
}

/** Whether of a TCP segment no more than the ports was captured, or its header is wrong. Later fragments have none. */
function isHeadlessTcp(words: Int32Array, at: number): boolean {
  return (
    (words[at + PROTOCOL_TOS_TTL]! & 0xff) === 6 &&
    (words[at + FLAGS]! & FLAG_PORTS) !== 0 &&
    words[at + FRAGMENT_OFFSET] === 0
  );
}
