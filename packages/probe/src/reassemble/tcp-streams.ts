import {
  CAPTURED_PAYLOAD,
  INTERFACE,
  NANOS,
  PAYLOAD,
  PAYLOAD_BYTES,
  SECONDS,
  TCP_ACKNOWLEDGEMENT,
  TCP_FLAGS_WINDOW,
  TCP_SEQUENCE,
} from "@trafmon/packet";
import type { WatchedInterface } from "../classify/flow-announcer.ts";
import type { FlowClass } from "../classify/flow-class.ts";
import { INSTANCE_CLASS, INSTANCE_PINS, INSTANCE_STRIDE, instanceId } from "../classify/instance-record.ts";
import { TUPLE_FIRST_MEMBER, TUPLE_INFO, tupleMembers } from "../classify/tuple-cache.ts";
import { type ConnectionWatch, NO_WATCH } from "../measure/tcp/connection-watch.ts";
import { ACK, FIN, RST, SYN } from "../measure/tcp/tcp-flags.ts";
import type { WatchedCount } from "../measure/watched-count.ts";
import type { RecordPool } from "../tables/record-pool.ts";
import { AskedPorts, holdsPort, type ProtocolOnPorts, serverIsBOf } from "./asked-ports.ts";
import { type ReadAs, StreamPair } from "./stream-pair.ts";
import type { StreamConnection, StreamMember } from "./stream-protocol.ts";
import type { StreamEnd } from "./stream-reader.ts";
import { CLOSING, OPEN, OPENING, OVER, StreamTable } from "./stream-table.ts";
import type { StreamMemory, TcpStream } from "./tcp-stream.ts";

/** Most held for early segments. */
const HELD_BYTES_PER_STREAM = 256 * 1024;
const HELD_BYTES_IN_ALL = 64 * 1024 * 1024;
/** Silence after which a connection is forgotten, by its stage. */
const OPENING_IDLE_S = 60;
const OPEN_IDLE_S = 3600;
const CLOSING_IDLE_S = 120;
const OVER_IDLE_S = 120;

export interface TcpStreamsParts {
  readonly classes: readonly FlowClass[];
  /** The flow instances' records (instance-record.ts). */
  readonly instances: RecordPool;
  readonly interfaces: readonly WatchedInterface[];
  readonly protocols: readonly ProtocolOnPorts[];
  /** Most connections read at a time. */
  readonly maxStreams: number;
}

/** Puts the bytes of those TCP connections in order that some protocol is to be read out of. */
export class TcpStreams {
  /** Connections given up because the table was full. */
  evicted = 0;
  readonly #parts: TcpStreamsParts;
  readonly #tapGroupOf: Int32Array;
  readonly #asked: AskedPorts;
  /** By interface: 1 when it has a tap group of its own. */
  readonly #isAlone: Uint8Array;
  readonly #table: StreamTable;
  /** By slot of the table. */
  readonly #pairs: (StreamPair | undefined)[] = [];
  readonly #memory: StreamMemory = {
    bytesPerStream: HELD_BYTES_PER_STREAM,
    bytesInAll: HELD_BYTES_IN_ALL,
    heldBytes: 0,
    limitReached: 0,
  };
  readonly #holed = new Set<TcpStream>();

  constructor(parts: TcpStreamsParts) {
    this.#parts = parts;
    this.#table = new StreamTable(parts.maxStreams);
    this.#asked = new AskedPorts(parts.protocols);
    const tapGroups = [...new Set(parts.interfaces.map(({ tapGroup }) => tapGroup))];
    this.#tapGroupOf = Int32Array.from(parts.interfaces, ({ tapGroup }) => tapGroups.indexOf(tapGroup));
    const taps = (group: string) => parts.interfaces.filter(({ tapGroup }) => tapGroup === group).length;
    this.#isAlone = Uint8Array.from(parts.interfaces, ({ tapGroup }) => (taps(tapGroup) === 1 ? 1 : 0));
  }

  /** Bytes of memory it holds, as far as protocols tell of theirs. */
  get bytes(): number {
    const ofProtocols = this.#parts.protocols.reduce((sum, { protocol }) => sum + (protocol.bytes ?? 0), 0);
    return this.#table.bytes + this.#memory.heldBytes + ofProtocols;
  }

  /** Times bytes were given up because too much was held for those that came early. */
  get limitReached(): number {
    return this.#memory.limitReached;
  }

  /** Who follows connections that protocols agree upon. */
  get watch(): ConnectionWatch {
    return this.#parts.protocols.find(({ protocol }) => protocol.watch !== undefined)?.protocol.watch ?? NO_WATCH;
  }

  /** Service of a packet by what was agreed in another connection; null: none. */
  agreedService(words: Int32Array, at: number): string | null {
    for (const { protocol } of this.#parts.protocols) {
      const service = protocol.agreedService?.(words, at) ?? null;
      if (service !== null) return service;
    }
    return null;
  }

  get watched(): readonly WatchedCount[] {
    return this.#parts.protocols.flatMap(({ protocol }) => protocol.watched ?? []);
  }

  /** Whether a protocol is to be read out of the class's connections between these ports. */
  asks(classIndex: number, onePort: number, otherPort: number): boolean {
    return this.#asked.asks(classIndex, onePort, otherPort);
  }

  /**
   * Takes a segment whose header was decoded, of a tuple for which some class asks. `tuples`, `entry`: the cache entry of
   * its tuple. Returns whether its connection is over: nothing more is to be read of it.
   */
  segment(
    words: Int32Array,
    at: number,
    tuples: Int32Array,
    entry: number,
    clockS: number,
    clockNanos: number,
  ): boolean {
    const table = this.#table;
    const length = words[at + PAYLOAD_BYTES]!;
    const flags = words[at + TCP_FLAGS_WINDOW]! & 0x1ff;
    const isSyn = (flags & SYN) !== 0 && (flags & RST) === 0;
    const sequence = words[at + TCP_SEQUENCE]!;
    const first = (sequence + (isSyn ? 1 : 0)) | 0;
    const seconds = words[at + SECONDS]! >>> 0;
    const nanos = words[at + NANOS]!;
    table.key(words, at, this.#tapGroupOf[words[at + INTERFACE]!]!);
    const isB = table.senderIsB;
    let slot = table.find();
    if (slot !== 0 && isSyn && this.#pairs[slot]!.isOther(isB, first)) {
      this.#forget(slot, "superseded", seconds, nanos);
      slot = 0;
    }
    if (slot === 0) {
      // A connection that is only closed or acknowledged has nothing to read.
      if (!isSyn && length === 0) return false;
      slot = this.#add(clockS, clockNanos);
    }
    const pair = this.#pairs[slot]!;
    const side = pair.side(isB);
    const other = pair.side(!isB);
    if (isSyn) {
      pair.begin(isB, first);
      if ((flags & ACK) === 0) pair.openerIsB ??= isB;
    } else if (
      flags & ACK &&
      length === 0 &&
      side.first === sequence &&
      other.first === null &&
      other.payload === null
    ) {
      // The SYN-ACK was missed, but this is the ACK of it.
      pair.begin(!isB, words[at + TCP_ACKNOWLEDGEMENT]!);
    }
    if (length > 0) {
      side.payload ??= first;
      if (!pair.isOpened) this.#open(slot, pair, tuples, entry, isB);
    }
    if (pair.isOpened && !pair.isOver) {
      if (flags & ACK) other.stream!.acknowledge(words[at + TCP_ACKNOWLEDGEMENT]!, seconds, nanos, clockS);
      if (length > 0) side.stream!.take(first, length, payloadOf(words, at), seconds, nanos, clockS);
      if (flags & FIN) side.stream!.finish((first + length) | 0, seconds, nanos, clockS);
      if (flags & RST) pair.end("rst", seconds, nanos);
      this.#noteHole(side.stream!);
      this.#noteHole(other.stream!);
    }
    const { isOver } = pair;
    if (isOver) {
      // Its readers may have had enough while bytes still waited for others.
      pair.end("stop", seconds, nanos);
      this.#release(pair);
      this.#forgetHoles(pair);
      pair.letGo();
    }
    const stage = isOver ? OVER : pair.isClosing ? CLOSING : pair.isOpened ? OPEN : OPENING;
    // What has ended is remembered for a while from its end, not from its last echo.
    if (stage !== OVER || table.stageOf(slot) !== OVER) table.touch(slot, stage, clockS);
    return isOver;
  }

  /** Whether all packets of a connection seen where this one was come from the same interface. */
  hasOneTap(words: Int32Array, at: number): boolean {
    return this.#isAlone[words[at + INTERFACE]!] === 1;
  }

  /** Gives up what has been waited for too long, and connections silent too long. */
  turnTo(clockS: number, clockNanos: number): void {
    for (const stream of this.#holed) {
      stream.expire(clockS, clockNanos);
      if (!stream.hasHole) this.#holed.delete(stream);
    }
    this.#forgetSilent(OPENING, OPENING_IDLE_S, clockS, clockNanos);
    this.#forgetSilent(CLOSING, CLOSING_IDLE_S, clockS, clockNanos);
    this.#forgetSilent(OVER, OVER_IDLE_S, clockS, clockNanos);
    this.#forgetSilent(OPEN, OPEN_IDLE_S, clockS, clockNanos);
    for (const { protocol } of this.#parts.protocols) protocol.turnTo?.(clockS, clockNanos);
  }

  /** Ends every connection. `clockS`, `clockNanos`: the source clock. */
  finish(clockS: number, clockNanos: number): void {
    for (let slot = 1; slot < this.#pairs.length; slot++) {
      if (this.#pairs[slot] !== undefined) this.#forget(slot, "stop", clockS, clockNanos);
    }
    for (const { protocol } of this.#parts.protocols) protocol.finish?.(clockS, clockNanos);
  }

  #add(clockS: number, clockNanos: number): number {
    let slot = this.#table.add(clockS);
    if (slot === 0) {
      const given = this.#table.leastMissed();
      if (this.#table.stageOf(given) !== OVER) this.evicted++;
      this.#forget(given, "evicted", clockS, clockNanos);
      slot = this.#table.add(clockS);
    }
    this.#pairs[slot] = new StreamPair();
    return slot;
  }

  /** Asks the protocols for readers of a connection whose first payload has come. */
  #open(slot: number, pair: StreamPair, tuples: Int32Array, entry: number, senderIsB: boolean): void {
    const members = this.#membersOf(tuples, entry, senderIsB);
    const read: ReadAs[] = [];
    const pinned: number[] = [];
    const a = this.#table.portOf(slot, false);
    const b = this.#table.portOf(slot, true);
    for (const { protocol, ports } of this.#parts.protocols) {
      const serverIsB = serverIsBOf(members, ports, a, b, pair.openerIsB);
      if (serverIsB === null) continue;
      const port = serverIsB ? b : a;
      const asking: StreamMember[] = [];
      for (const { flowClass, slot: instance, flowId, forwardIsB } of members) {
        if (!holdsPort(ports[flowClass.index]!, port)) continue;
        asking.push({ flowClass, slot: instance, flowId, isClientForward: forwardIsB !== serverIsB });
      }
      const analyser = protocol.open(this.#connection(slot, pair, serverIsB, asking));
      if (analyser === null) continue;
      read.push({ analyser, serverIsB });
      for (const member of asking) if (!pinned.includes(member.slot)) pinned.push(member.slot);
    }
    pair.open(read, pinned, this.#memory);
    for (const instance of pair.instances) this.#pin(instance, 1);
  }

  #connection(slot: number, pair: StreamPair, serverIsB: boolean, members: readonly StreamMember[]): StreamConnection {
    return {
      client: this.#table.endpointOf(slot, !serverIsB),
      server: this.#table.endpointOf(slot, serverIsB),
      tapGroup: this.#table.tapGroup(slot),
      isInner: this.#table.isInner(slot),
      isWhole: pair.openerIsB !== null,
      members,
    };
  }

  /** The tuple's instances, and which endpoint is forward in each. */
  #membersOf(tuples: Int32Array, entry: number, senderIsB: boolean): TupleMember[] {
    const { instances, classes } = this.#parts;
    const members: TupleMember[] = [];
    const end = entry + TUPLE_FIRST_MEMBER + 2 * tupleMembers(tuples[entry + TUPLE_INFO]!);
    for (let word = entry + TUPLE_FIRST_MEMBER; word < end; word += 2) {
      const slot = tuples[word]! >>> 1;
      const flowClass = classes[instances.words[slot * INSTANCE_STRIDE + INSTANCE_CLASS]!]!;
      const isReverse = (tuples[word]! & 1) !== 0;
      members.push({ flowClass, slot, flowId: instanceId(instances, slot), forwardIsB: isReverse !== senderIsB });
    }
    return members;
  }

  #forgetSilent(stage: number, idleS: number, clockS: number, clockNanos: number): void {
    const table = this.#table;
    for (;;) {
      const slot = table.silentLongest(stage, clockS, idleS);
      if (slot === 0) return;
      if (this.#pairs[slot]!.isBusy) table.touch(slot, stage, clockS);
      else this.#forget(slot, "idle", clockS, clockNanos);
    }
  }

  #forget(slot: number, how: StreamEnd, seconds: number, nanos: number): void {
    const pair = this.#pairs[slot]!;
    pair.end(how, seconds, nanos);
    this.#release(pair);
    this.#forgetHoles(pair);
    this.#pairs[slot] = undefined;
    this.#table.remove(slot);
  }

  /** Lets the pair's flow instances go. */
  #release(pair: StreamPair): void {
    if (pair.instances.length === 0) return;
    for (const instance of pair.instances) this.#pin(instance, -1);
    pair.instances = [];
  }

  #forgetHoles(pair: StreamPair): void {
    if (this.#holed.size === 0) return;
    const a = pair.side(false).stream;
    const b = pair.side(true).stream;
    if (a !== null) this.#holed.delete(a);
    if (b !== null) this.#holed.delete(b);
  }

  #pin(slot: number, by: 1 | -1): void {
    this.#parts.instances.words[slot * INSTANCE_STRIDE + INSTANCE_PINS]! += by;
  }

  #noteHole(stream: TcpStream): void {
    if (stream.hasHole) this.#holed.add(stream);
    else if (this.#holed.size > 0) this.#holed.delete(stream);
  }
}

type TupleMember = Omit<StreamMember, "isClientForward"> & { readonly forwardIsB: boolean };

/** The captured payload of a segment, where it lies in the record. */
function payloadOf(words: Int32Array, at: number): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset + 4 * (at + PAYLOAD), words[at + CAPTURED_PAYLOAD]!);
}
