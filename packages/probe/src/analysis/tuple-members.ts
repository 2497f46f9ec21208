import { NANOS, PORTS, SECONDS } from "@trafmon/packet";
import type { FlowClass } from "../classify/flow-class.ts";
import type { FlowInstances } from "../classify/flow-instances.ts";
import { INSTANCE_ID, INSTANCE_LAST_NANOS, INSTANCE_LAST_S, INSTANCE_STRIDE } from "../classify/instance-record.ts";
import type { PacketMatcher } from "../classify/match-packet.ts";
import {
  TUPLE_ASKS_REQUESTS,
  TUPLE_ASKS_STREAM,
  TUPLE_ASKS_TCP,
  TUPLE_FIRST_MEMBER,
  TUPLE_INFO,
  type TupleCache,
  tupleMembers,
} from "../classify/tuple-cache.ts";
import { hasTcpPorts } from "../measure/packet-kind.ts";
import type { DatagramRequests } from "../measure/twoway/datagram-requests.ts";
import type { TcpStreams } from "../reassemble/tcp-streams.ts";
import type { SourceClock } from "./source-clock.ts";

export interface TupleMembersParts {
  readonly classes: readonly FlowClass[];
  readonly match: PacketMatcher;
  /** Whether the connections of all TCP segments are followed. */
  readonly followsTcp: boolean;
  readonly tuples: TupleCache;
  readonly instances: FlowInstances;
  readonly streams: TcpStreams;
  readonly requests: DatagramRequests;
  readonly clock: SourceClock;
}

/** Which flow instances the packets of a tuple belong to, and what these ask for: kept in the tuple's cache entry. */
export class TupleMembers {
  readonly #classes: readonly FlowClass[];
  readonly #match: PacketMatcher;
  readonly #followsTcp: boolean;
  readonly #tuples: TupleCache;
  readonly #instances: FlowInstances;
  readonly #streams: TcpStreams;
  readonly #requests: DatagramRequests;
  readonly #clock: SourceClock;
  /** Least idle time of a class. */
  readonly #leastIdleS: number;

  constructor(parts: TupleMembersParts) {
    this.#classes = parts.classes;
    this.#match = parts.match;
    this.#followsTcp = parts.followsTcp;
    this.#tuples = parts.tuples;
    this.#instances = parts.instances;
    this.#streams = parts.streams;
    this.#requests = parts.requests;
    this.#clock = parts.clock;
    this.#leastIdleS = Math.min(...parts.classes.map(({ settings }) => settings.idleS));
  }

  /** Whether the instances a cached tuple names still live; notes the packet as their last. */
  isCurrent(words: Int32Array, at: number, entry: number): boolean {
    const tuples = this.#tuples.words;
    const instances = this.#instances.pool.words;
    const { s: clockS, nanos: clockNanos } = this.#clock;
    const end = entry + TUPLE_FIRST_MEMBER + 2 * tupleMembers(tuples[entry + TUPLE_INFO]!);
    for (let word = entry + TUPLE_FIRST_MEMBER; word < end; word += 2) {
      const slot = tuples[word]! >>> 1;
      const base = slot * INSTANCE_STRIDE;
      if (instances[base + INSTANCE_ID] !== tuples[word + 1]) return false;
      if (clockS - (instances[base + INSTANCE_LAST_S]! >>> 0) >= this.#leastIdleS) {
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
  resolve(words: Int32Array, at: number, entry: number): void {
    const tuples = this.#tuples.words;
    const classMask = this.#match(words, at);
    const { s: clockS, nanos: clockNanos } = this.#clock;
    let members = 0;
    let asks = 0;
    const ports = hasTcpPorts(words, at) ? words[at + PORTS]! : null;
    if (ports !== null && this.#followsTcp) asks |= TUPLE_ASKS_TCP;
    this.#instances.makeRoom(this.#classes.length, clockS, clockNanos);
    for (const flowClass of this.#classes) {
      if ((classMask & (1 << flowClass.index)) === 0) continue;
      if (flowClass.asksTcp) asks |= TUPLE_ASKS_TCP;
      if (ports !== null && this.#streams.asks(flowClass.index, ports >>> 16, ports & 0xffff))
        asks |= TUPLE_ASKS_STREAM;
      if (this.#requests.asks(flowClass.index, words, at)) asks |= TUPLE_ASKS_REQUESTS;
      const member = this.#instances.memberOf(words, at, flowClass, clockS, clockNanos);
      const word = entry + TUPLE_FIRST_MEMBER + 2 * members++;
      tuples[word] = member;
      tuples[word + 1] = this.#instances.pool.words[(member >>> 1) * INSTANCE_STRIDE + INSTANCE_ID]!;
    }
    this.#tuples.setMembers(entry, members, asks);
  }
}
