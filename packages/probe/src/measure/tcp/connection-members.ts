import type { FlowClass } from "../../classify/flow-class.ts";
import { INSTANCE_CLASS, INSTANCE_PINS, INSTANCE_STRIDE, instanceId } from "../../classify/instance-record.ts";
import { TUPLE_FIRST_MEMBER, TUPLE_INFO, tupleMembers } from "../../classify/tuple-cache.ts";
import { type RecordPool, reserveWords } from "../../tables/record-pool.ts";
import { CONNECTION_BOUND, CONNECTION_FLAGS } from "./connection-record.ts";
import type { ConnectionEvent, ConnectionEventCounter } from "./segment-verdict.ts";

/**
 * Ties connections to the flow instances they are reported in: those of the packet that began them, one of each class
 * that asks for TCP. They are pinned meanwhile, so that they do not end before their connections.
 */
export class ConnectionMembers {
  /** Classes that ask for TCP. */
  readonly count: number;
  readonly #connections: RecordPool;
  /** Flow instance of each connection in each of these classes, 0: none. Shape: [connections, count]. */
  readonly #members: Int32Array;
  readonly #instances: RecordPool;
  /** By class: its place among a connection's members, -1: it asks for no TCP. */
  readonly #placeOf: Int32Array;
  readonly #asking: readonly FlowClass[];
  /** By place. */
  readonly #counters: readonly (ConnectionEventCounter | null)[];

  /** `countersOf`: what counts the events of connections in a class, null: nothing does. */
  constructor(
    connections: RecordPool,
    instances: RecordPool,
    classes: readonly FlowClass[],
    countersOf: (flowClass: FlowClass) => ConnectionEventCounter | null,
  ) {
    this.#connections = connections;
    this.#instances = instances;
    this.#asking = classes.filter(({ asksTcp }) => asksTcp);
    this.count = this.#asking.length;
    this.#members = reserveWords((connections.limit + 1) * this.count);
    this.#placeOf = Int32Array.from(classes, (flowClass) => this.#asking.indexOf(flowClass));
    this.#counters = this.#asking.map(countersOf);
  }

  get bytes(): number {
    return this.#connections.end * this.count * 4;
  }

  /** Ties a connection to the instances of a cached tuple. */
  bind(connection: number, tuples: Int32Array, entry: number): void {
    const { words, stride } = this.#connections;
    const instances = this.#instances.words;
    words[connection * stride + CONNECTION_FLAGS]! |= CONNECTION_BOUND;
    const end = entry + TUPLE_FIRST_MEMBER + 2 * tupleMembers(tuples[entry + TUPLE_INFO]!);
    for (let word = entry + TUPLE_FIRST_MEMBER; word < end; word += 2) {
      const slot = tuples[word]! >>> 1;
      const place = this.#placeOf[instances[slot * INSTANCE_STRIDE + INSTANCE_CLASS]!]!;
      if (place < 0) continue;
      this.#members[connection * this.count + place] = slot;
      instances[slot * INSTANCE_STRIDE + INSTANCE_PINS]! += 1;
    }
  }

  unbind(connection: number): void {
    const { words, stride } = this.#connections;
    words[connection * stride + CONNECTION_FLAGS]! &= ~CONNECTION_BOUND;
    const members = connection * this.count;
    for (let place = 0; place < this.count; place++) {
      const slot = this.#members[members + place]!;
      if (slot === 0) continue;
      this.#instances.words[slot * INSTANCE_STRIDE + INSTANCE_PINS]! -= 1;
      this.#members[members + place] = 0;
    }
  }

  /** Counts what happened to a connection in all its instances. `s`: seconds, any sign. */
  happened(connection: number, s: number, event: ConnectionEvent): void {
    for (let place = 0; place < this.count; place++) {
      const slot = this.#members[connection * this.count + place]!;
      if (slot !== 0) this.#counters[place]?.connectionEvent(slot, s, event);
    }
  }

  /** Calls back with the flow id of the first class that wants records of the connection, and the other classes' names. */
  reportedIn(connection: number, report: (flowId: number, otherClasses: string) => void): void {
    let flowId = 0;
    let others = "";
    for (let place = 0; place < this.count; place++) {
      const slot = this.#members[connection * this.count + place]!;
      const { name, measure } = this.#asking[place]!.settings;
      if (slot === 0 || measure.tcpConnections === null) continue;
      if (flowId === 0) flowId = instanceId(this.#instances, slot);
      else others += others === "" ? name : ` ${name}`;
    }
    if (flowId !== 0) report(flowId, others);
  }
}
