import type { FlowClass } from "../classify/flow-class.ts";
import type { ConnectionWatch } from "../measure/tcp/connection-watch.ts";
import type { WatchedCount } from "../measure/watched-count.ts";
import type { StreamReader } from "./stream-reader.ts";

export interface Endpoint {
  /** Shape: [4] or [16]. */
  readonly address: Uint8Array;
  readonly port: number;
}

/** A flow instance that a connection belongs to. It lives as long as the connection. */
export interface StreamMember {
  readonly flowClass: FlowClass;
  /** Slot of the instance (instance-record.ts). */
  readonly slot: number;
  readonly flowId: number;
  /** Whether what the client sends is forward in it. */
  readonly isClientForward: boolean;
}

/** A TCP connection whose bytes are put in order. */
export interface StreamConnection {
  readonly client: Endpoint;
  /** The side whose port was asked for. */
  readonly server: Endpoint;
  /** Number of the group of taps it was seen at (tap-groups.ts). */
  readonly tapGroup: number;
  /** It was found inside a tunnel. */
  readonly isInner: boolean;
  /** It is followed from its first SYN on. */
  readonly isWhole: boolean;
  /** Its instance in each class that asks for the protocol on this port; at least one. */
  readonly members: readonly StreamMember[];
}

/** The two directions of a connection as a protocol reads them. */
export interface StreamAnalyser {
  /** Gets what the client sends. */
  readonly client: StreamReader;
  /** Gets what the server sends. */
  readonly server: StreamReader;
  /** Nothing more is to be read. Absent: there always may be. */
  readonly isDone?: boolean;
  /** Whether a silence is no reason to give the connection up. Absent: it always is. */
  isBusy?(): boolean;
}

/** A protocol that is read out of TCP connections. */
export interface StreamProtocol {
  /** Asked once for each connection, when its first payload comes. null: it is not to be read. */
  open(connection: StreamConnection): StreamAnalyser | null;
  /** Bytes of memory it holds. */
  readonly bytes?: number;
  /** Follows connections that were agreed upon in those it reads. */
  readonly watch?: ConnectionWatch;
  /** Name of the service that the packet at `at` belongs to by such an agreement; null: to none. */
  agreedService?(words: Int32Array, at: number): string | null;
  /** What an operator should hear of when it grows. */
  readonly watched?: readonly WatchedCount[];
  /** The source clock has reached another second. */
  turnTo?(clockS: number, clockNanos: number): void;
  /** All connections have ended: what is pending is to be written. */
  finish?(clockS: number, clockNanos: number): void;
}
