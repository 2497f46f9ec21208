import type { ObservationSink } from "@trafmon/observation";
import type { SourceClock } from "../analysis/source-clock.ts";
import type { WatchedInterface } from "../classify/flow-announcer.ts";
import type { FlowClass } from "../classify/flow-class.ts";
import type { RecordPool } from "../tables/record-pool.ts";
import type { Identities } from "./identities/identities.ts";
import type { FollowedConnections } from "./tcp/connection-watch.ts";
import type { SegmentVerdict } from "./tcp/segment-verdict.ts";

/**
 * Which packets a measurement looks at; all but "ip" want a transport header that was captured. "streams": none, for it
 * counts what a protocol reads out of the bytes of TCP connections; "requests": none, for it counts requests and replies.
 */
export type Sees = "ip" | "icmp" | "udp" | "tcp" | "streams" | "requests";

/** What keeps cells, one per flow instance and interval, and writes them when their interval is over. */
export interface IntervalWriting {
  /** Source clock, seconds, at which `writeEnded` has something to write. */
  readonly dueS: number;
  /** Its cells. */
  readonly pool: RecordPool;
  /** Bytes of memory it holds. */
  readonly bytes: number;
  /** Writes what is pending for a flow instance. */
  writeOf(slot: number): void;
  /** Writes the intervals that ended the lateness or longer before the source clock. */
  writeEnded(clockS: number): void;
  /** Writes all that is pending. */
  writeAll(): void;
}

/** A measurement of one flow class that has cells of its own. */
export interface Measurement extends IntervalWriting {
  /** Counts the packet record at `at` for a flow instance. `reverse`: 0 or 1. */
  count(words: Int32Array, at: number, slot: number, reverse: number): void;
}

/** A class of measurements. */
export type MeasurementKind<M extends Measurement> = abstract new (...parts: never[]) => M;

/** What a measurement is built from. */
export interface MeasurementParts {
  readonly flowClass: FlowClass;
  /** The flow instances' records (flow-instances.ts). */
  readonly instances: RecordPool;
  /** Which of an instance's cells is this measurement's. */
  readonly place: number;
  readonly latenessS: number;
  readonly sink: ObservationSink;
  /** What TCP makes of the segment being counted. */
  readonly verdict: SegmentVerdict;
  readonly clock: SourceClock;
  /** Requests a class may know of at a time, of each protocol. */
  readonly maxRequests: number;
}

/** Gives numbers within the run of a probe, to whatever asks: configurations come and go meanwhile. */
export interface SessionNumbers {
  next: number;
}

/** What a protocol that is read out of TCP connections is built from. */
export interface StreamProtocolParts {
  readonly classes: readonly FlowClass[];
  /** The flow instances' records. */
  readonly instances: RecordPool;
  readonly interfaces: readonly WatchedInterface[];
  readonly sink: ObservationSink;
  readonly numbers: SessionNumbers;
  /** The TCP connections that are followed anyway. */
  readonly connections: FollowedConnections;
  /** What is told of addresses. */
  readonly identities: Identities;
  /** The measurement of this kind that a class asks for, to count in; null: it does not ask for it. */
  measurementOf<M extends Measurement>(flowClass: FlowClass, kind: MeasurementKind<M>): M | null;
}
