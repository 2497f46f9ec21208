import type { ObservationSink } from "@trafmon/observation";
import { CLASSES, FLAG_COPY, FLAG_COUNTED, FLAG_DUPLICATE, FLAGS, TCP_FLAGS_WINDOW } from "@trafmon/packet";
import { FlowAnnouncer, type FlowEndReason } from "../classify/flow-announcer.ts";
import { type FlowClass, flowClasses } from "../classify/flow-class.ts";
import { FlowInstances } from "../classify/flow-instances.ts";
import { FlowKeyMaker } from "../classify/flow-key.ts";
import { INSTANCE_CLASS, INSTANCE_STRIDE } from "../classify/instance-record.ts";
import { compileMatcher } from "../classify/match-packet.ts";
import type { ServiceLookup } from "../classify/service-lookup.ts";
import {
  TUPLE_ASKS_REQUESTS,
  TUPLE_ASKS_STREAM,
  TUPLE_ASKS_TCP,
  TUPLE_FIRST_MEMBER,
  TUPLE_INFO,
  TUPLE_STREAM_OVER,
  TupleCache,
  tupleMembers,
} from "../classify/tuple-cache.ts";
import { withAskedServices } from "../measure/asked-services.ts";
import { followsTcp, streamProtocols } from "../measure/catalogue.ts";
import { ClassMeasurements } from "../measure/class-measurements.ts";
import { Identities } from "../measure/identities/identities.ts";
import type { SessionNumbers } from "../measure/measurement.ts";
import { OneWaySignatures } from "../measure/one-way-signatures.ts";
import { OTHER, TCP, UDP } from "../measure/packet-cells.ts";
import { isHeadlessTcp, kindOf } from "../measure/packet-kind.ts";
import { newSegmentVerdict, type SegmentVerdict } from "../measure/tcp/segment-verdict.ts";
import { SYN } from "../measure/tcp/tcp-flags.ts";
import { TcpMeasuring } from "../measure/tcp/tcp-measuring.ts";
import type { TcpTables } from "../measure/tcp/tcp-tables.ts";
import { DatagramRequests } from "../measure/twoway/datagram-requests.ts";
import { noRequestTrouble, type RequestTrouble, TwoWayDelays } from "../measure/twoway/two-way-delays.ts";
import { TcpStreams } from "../reassemble/tcp-streams.ts";
import type { AnalysisSettings } from "./analysis.ts";
import { DuplicateFrames } from "./duplicate-frames.ts";
import type { DuplicateShares } from "./duplicate-shares.ts";
import { AHEAD, LookAhead } from "./look-ahead.ts";
import type { SourceClock } from "./source-clock.ts";
import { TupleMembers } from "./tuple-members.ts";

export interface FlowCountingParts {
  readonly settings: AnalysisSettings;
  readonly clock: SourceClock;
  readonly sink: ObservationSink;
  readonly serviceOf: ServiceLookup;
  /** Told of each packet that no class takes. */
  readonly onUnmatched: (words: Int32Array, at: number) => void;
  readonly shares: DuplicateShares;
  readonly firstFlowId: number;
  readonly firstConnectionId: number;
  /** TCP connections that an earlier configuration left (`suspend`); null: none. */
  readonly carried: TcpTables | null;
  readonly numbers: SessionNumbers;
}

/** Counts packets in the flow instances they belong to, by one configuration. */
export class FlowCounting {
  readonly instances: FlowInstances;
  readonly tcp: TcpMeasuring;
  readonly streams: TcpStreams;
  /** Of the last TCP segment. */
  readonly verdict: SegmentVerdict = newSegmentVerdict();
  readonly requests: DatagramRequests;
  readonly #clock: SourceClock;
  readonly #onUnmatched: (words: Int32Array, at: number) => void;
  readonly #duplicates: DuplicateFrames;
  readonly #shares: DuplicateShares;
  readonly #sightings: OneWaySignatures;
  readonly identities: Identities;
  readonly #classes: readonly FlowClass[];
  readonly #tuples: TupleCache;
  readonly #measurements: ClassMeasurements;
  /** Which instances a tuple belongs to. */
  readonly #members: TupleMembers;
  readonly #ahead: LookAhead;

  constructor(parts: FlowCountingParts) {
    const { settings, sink } = parts;
    const { probe, flowClasses: classSettings, interfaces } = settings;
    const serviceOf = withAskedServices(parts.serviceOf, classSettings);
    this.#clock = parts.clock;
    this.#onUnmatched = parts.onUnmatched;
    this.#shares = parts.shares;
    this.#classes = flowClasses(classSettings);
    const place = { probe: probe.name, interfaces: interfaces.map(({ name }) => name) };
    this.#sightings = new OneWaySignatures(classSettings, place, sink);
    this.identities = new Identities(classSettings, probe.maxIdentities, sink);
    // Two directions of each flow, in a cache that starts anew when it is full.
    this.#tuples = new TupleCache(this.#classes, Math.max(1024, 2 * probe.maxFlows), AHEAD);
    this.instances = new FlowInstances(
      this.#classes,
      new FlowKeyMaker(serviceOf, (words, at) => this.streams.agreedService(words, at)),
      new FlowAnnouncer(sink, interfaces),
      { writeOf: (slot) => this.#measurements.writeOf(slot) },
      { maxFlows: probe.maxFlows, firstId: parts.firstFlowId },
    );
    const { verdict } = this;
    const { pool: instances } = this.instances;
    const { clock } = parts;
    const { latenessS, maxRequests } = probe;
    this.#measurements = new ClassMeasurements(this.#classes, {
      instances,
      sink,
      verdict,
      latenessS,
      clock,
      maxRequests,
    });
    this.streams = new TcpStreams({
      classes: this.#classes,
      instances,
      interfaces,
      protocols: streamProtocols(classSettings, {
        classes: this.#classes,
        instances,
        interfaces,
        sink,
        numbers: parts.numbers,
        connections: {
          numberOf: (slot) => this.tcp.view.numberOf(slot),
          soFar: (slot) => this.tcp.view.soFar(slot),
          watch: (slot) => this.tcp.view.watch(slot),
        },
        identities: this.identities,
        measurementOf: (flowClass, kind) => this.#measurements.measurementOf(flowClass, kind),
      }),
      maxStreams: probe.maxStreams,
    });
    this.tcp = new TcpMeasuring({
      classes: this.#classes,
      instances,
      interfaces,
      maxConnections: probe.maxConnections,
      firstConnectionId: parts.firstConnectionId,
      carried: parts.carried,
      clockS: Math.max(0, parts.clock.s),
      connectionEventsOf: (flowClass) => this.#measurements.connectionEventsOf(flowClass),
      verdict,
      watch: this.streams.watch,
      sink,
      serviceOf,
    });
    this.#duplicates = new DuplicateFrames(probe.duplicateWindowMs * 1e6, interfaces.length, this.tcp.copyBound);
    const tapGroups = [...new Set(interfaces.map(({ tapGroup }) => tapGroup))];
    this.requests = new DatagramRequests({
      classes: this.#classes,
      instances,
      tapGroupOf: Int32Array.from(interfaces, ({ tapGroup }) => tapGroups.indexOf(tapGroup)),
      serviceOf,
      pairingOf: (flowClass, protocol) =>
        this.#measurements.measurementOf(flowClass, TwoWayDelays)?.pairing(protocol) ?? null,
    });
    this.#members = new TupleMembers({
      classes: this.#classes,
      match: compileMatcher(classSettings, place, "decided"),
      followsTcp: followsTcp(classSettings),
      tuples: this.#tuples,
      instances: this.instances,
      streams: this.streams,
      requests: this.requests,
      clock: this.#clock,
    });
    this.#ahead = new LookAhead({ tuples: this.#tuples, instances, tcp: this.tcp, measurements: this.#measurements });
  }

  /** Bytes of memory its tables hold. */
  get bytes(): number {
    return this.#tuples.bytes + this.instances.bytes + this.#measurements.bytes + this.tcp.bytes + this.streams.bytes;
  }

  /** Looks ahead at the records from word `from` on, not beyond `until`. Returns at how many. */
  lookAhead(words: Int32Array, from: number, until: number): number {
    return this.#ahead.look(words, from, until);
  }

  /** Counts the packet looked ahead at in this place. */
  countAhead(words: Int32Array, at: number, place: number): void {
    this.#count(words, at, this.#ahead.entryOf(place));
  }

  /** Counts a packet in all flow instances it belongs to. */
  count(words: Int32Array, at: number): void {
    this.#count(words, at, -1);
  }

  /** What became of requests beyond what records say, in all classes. */
  get requestTrouble(): RequestTrouble {
    const sum = noRequestTrouble();
    for (const flowClass of this.#classes) this.#measurements.measurementOf(flowClass, TwoWayDelays)?.addTrouble(sum);
    return sum;
  }

  /** Ends connections that are silent too long, and writes the intervals that ended the lateness or longer ago. */
  writeEnded(clockS: number, clockNanos: number): void {
    this.tcp.turnTo(clockS, clockNanos);
    this.streams.turnTo(clockS, clockNanos);
    this.identities.turnTo(clockS);
    this.#measurements.writeEnded(clockS);
  }

  /** Writes all that is pending and ends every flow. `goesOn`: gives the TCP connections, for another configuration. */
  close(reason: FlowEndReason, goesOn: boolean): TcpTables | null {
    this.streams.finish(Math.max(0, this.#clock.s), this.#clock.nanos);
    this.identities.finish(Math.max(0, this.#clock.s));
    const connections = goesOn ? this.tcp.suspend() : null;
    if (!goesOn) this.tcp.finish();
    this.#measurements.writeAll();
    this.instances.endAll(reason);
    return connections;
  }

  #count(words: Int32Array, at: number, knownEntry: number): void {
    let entry = knownEntry;
    if (this.instances.overflowIsStale) {
      this.instances.overflowIsStale = false;
      this.#tuples.clear();
      entry = -1;
    }
    let isKnown = true;
    if (entry < 0) {
      entry = this.#tuples.findOrAdd(words, at);
      isKnown = this.#tuples.isKnown(entry);
    }
    if (!isKnown || !this.#members.isCurrent(words, at, entry)) this.#members.resolve(words, at, entry);
    const tuples = this.#tuples.words;
    const info = tuples[entry + TUPLE_INFO]!;
    const end = entry + TUPLE_FIRST_MEMBER + 2 * tupleMembers(info);
    if (end === entry + TUPLE_FIRST_MEMBER) {
      // Without a class, the capture stage has counted it as unmatched already.
      if (words[at + CLASSES] !== 0 && (words[at + FLAGS]! & FLAG_COUNTED) === 0) this.#onUnmatched(words, at);
      if ((info & TUPLE_ASKS_TCP) === 0) return;
    }
    if (words[at + FLAGS]! & FLAG_COPY) this.#duplicates.decide(words, at, tuples, entry);
    if (end > entry + TUPLE_FIRST_MEMBER && (words[at + FLAGS]! & FLAG_COUNTED) === 0) {
      this.#shares.count(words, at, tuples[entry + TUPLE_FIRST_MEMBER]! & 1);
    }
    let kind = kindOf(words, at);
    if (kind === TCP && (words[at + FLAGS]! & FLAG_DUPLICATE) !== 0) {
      if (info & TUPLE_ASKS_TCP) this.tcp.duplicate(words, at, tuples, entry, this.#clock.s, this.#clock.nanos);
      // What counts all packets counts it; what follows TCP does not.
      kind = OTHER;
    } else if (info & TUPLE_ASKS_TCP) {
      if (kind === TCP) this.tcp.segment(words, at, tuples, entry, this.#clock.s, this.#clock.nanos);
      else if (isHeadlessTcp(words, at)) {
        this.tcp.headless(words, at, tuples, entry, this.#clock.s, this.#clock.nanos);
      }
    }
    if (info & TUPLE_ASKS_STREAM && kind === TCP) this.#read(words, at, entry, info);
    if (info & TUPLE_ASKS_REQUESTS && kind !== OTHER) this.requests.packet(words, at, tuples, entry);
    for (let word = entry + TUPLE_FIRST_MEMBER; word < end; word += 2) {
      this.#measurements.count(words, at, tuples[word]! >>> 1, tuples[word]! & 1, kind);
    }
    if (this.#sightings.isAsked) this.#sight(words, at, entry, end);
    if (this.identities.isAsked && kind === UDP && this.identities.hears(words, at)) {
      this.#identify(words, at, entry, end);
    }
  }

  /** Listens to what the packet tells of addresses, once for each of its classes. */
  #identify(words: Int32Array, at: number, entry: number, end: number): void {
    const tuples = this.#tuples.words;
    for (let word = entry + TUPLE_FIRST_MEMBER; word < end; word += 2) {
      const slot = tuples[word]! >>> 1;
      this.identities.datagram(words, at, this.instances.pool.words[slot * INSTANCE_STRIDE + INSTANCE_CLASS]!);
    }
  }

  /** Notes the packet as seen at this probe's hops of its classes. */
  #sight(words: Int32Array, at: number, entry: number, end: number): void {
    const tuples = this.#tuples.words;
    for (let word = entry + TUPLE_FIRST_MEMBER; word < end; word += 2) {
      const slot = tuples[word]! >>> 1;
      this.#sightings.count(words, at, this.instances.pool.words[slot * INSTANCE_STRIDE + INSTANCE_CLASS]!);
    }
  }

  /** Gives a TCP segment to the protocols that read its connection, as long as they want more of it. */
  #read(words: Int32Array, at: number, entry: number, info: number): void {
    const tuples = this.#tuples.words;
    if (info & TUPLE_STREAM_OVER) {
      if ((words[at + TCP_FLAGS_WINDOW]! & SYN) === 0) return;
      tuples[entry + TUPLE_INFO] = info & ~TUPLE_STREAM_OVER;
      this.#tuples.clearOpposite(entry, TUPLE_STREAM_OVER);
    }
    const isOver = this.streams.segment(words, at, tuples, entry, this.#clock.s, this.#clock.nanos);
    if (isOver && this.#tuples.tellsEndsAlone && this.streams.hasOneTap(words, at)) {
      tuples[entry + TUPLE_INFO]! |= TUPLE_STREAM_OVER;
      this.#tuples.addOpposite(entry, TUPLE_STREAM_OVER);
    }
  }
}
