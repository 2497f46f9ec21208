import { NANOS, SECONDS } from "@trafmon/packet";
import { RecordPool } from "../tables/record-pool.ts";
import { SlotIndex } from "../tables/slot-index.ts";
import type { FlowAnnouncer, FlowEndReason } from "./flow-announcer.ts";
import type { FlowClass } from "./flow-class.ts";
import { type DirectionRule, type FlowKeyMaker, isForwardByAddress } from "./flow-key.ts";
import { FlowKeys } from "./flow-keys.ts";
import {
  INSTANCE_CLASS,
  INSTANCE_HASH,
  INSTANCE_ID,
  INSTANCE_LAST_NANOS,
  INSTANCE_LAST_S,
  INSTANCE_ORIENTATION,
  INSTANCE_PINS,
  INSTANCE_SEEN_S,
  INSTANCE_STRIDE,
  instanceId,
  ORIENTATION_FORWARD_IS_A,
  ORIENTATION_ONE_WAY,
  ORIENTATION_OVERFLOW,
  ORIENTATION_PER_PACKET,
  orient,
  setInstanceId,
} from "./instance-record.ts";
import { MAX_FLOW_CLASSES } from "./match-packet.ts";

/** Instances silent for this long may be ended early when no slot is free. */
const PRESSURE_IDLE_S = 10;

/** What must happen to an instance's pending counters before it goes. */
export interface PendingCounters {
  writeOf(slot: number): void;
}

export interface FlowInstanceCounters {
  made: number;
  ended: number;
  /** Ended before their idle time because no slot was free. */
  evicted: number;
  /** Times a packet's tuple was given to an overflow instance. */
  overflowed: number;
}

/** All flow instances of the probe: a table from partition keys to instances, bounded by `maxFlows`. */
export class FlowInstances {
  readonly pool: RecordPool;
  readonly counters: FlowInstanceCounters = { made: 0, ended: 0, evicted: 0, overflowed: 0 };
  /** Raised whenever cached tuples may point to an overflow instance though slots are free again. */
  overflowIsStale = false;
  readonly #classes: readonly FlowClass[];
  readonly #keys: FlowKeyMaker;
  readonly #announcer: FlowAnnouncer;
  readonly #pending: PendingCounters;
  readonly #kept: FlowKeys;
  readonly #index: SlotIndex;
  readonly #maxFlows: number;
  /** Overflow instance of each class, 0: none yet. */
  readonly #overflow = new Int32Array(MAX_FLOW_CLASSES);
  #overflows = 0;
  #nextId: number;
  #pressureSweepS = -1;

  constructor(
    classes: readonly FlowClass[],
    keys: FlowKeyMaker,
    announcer: FlowAnnouncer,
    pending: PendingCounters,
    limits: { readonly maxFlows: number; readonly firstId: number },
  ) {
    this.#classes = classes;
    this.#keys = keys;
    this.#announcer = announcer;
    this.#pending = pending;
    this.#maxFlows = limits.maxFlows;
    this.#nextId = limits.firstId;
    this.pool = new RecordPool(INSTANCE_STRIDE, limits.maxFlows + MAX_FLOW_CLASSES);
    this.#kept = new FlowKeys(this.pool.limit);
    this.#index = new SlotIndex(limits.maxFlows);
  }

  /** The id the next instance gets. */
  get nextId(): number {
    return this.#nextId;
  }

  /** Bytes of memory it holds. */
  get bytes(): number {
    return this.pool.bytes + this.#kept.bytes + this.#index.bytes;
  }

  idOf(slot: number): number {
    return instanceId(this.pool, slot);
  }

  classOf(slot: number): FlowClass {
    return this.#classes[this.pool.words[slot * INSTANCE_STRIDE + INSTANCE_CLASS]!]!;
  }

  /**
   * The instance of a class the packet belongs to, made if there is none: slot << 1 | 1 when the packet goes reverse.
   * `clockS`, `clockNanos`: the source clock.
   */
  memberOf(words: Int32Array, at: number, flowClass: FlowClass, clockS: number, clockNanos: number): number {
    const keys = this.#keys;
    keys.make(words, at, flowClass);
    let slot = this.#find();
    if (slot !== 0 && this.isIdle(slot, clockS, clockNanos)) {
      this.end(slot, "idle");
      slot = 0;
    }
    if (slot === 0) slot = this.#make(words, at, flowClass);
    this.touch(slot, words, at, clockS, clockNanos);
    const orientation = this.pool.words[slot * INSTANCE_STRIDE + INSTANCE_ORIENTATION]!;
    const isForward =
      orientation & ORIENTATION_ONE_WAY
        ? true
        : orientation & ORIENTATION_PER_PACKET
          ? isForwardByAddress(words, at, flowClass)
          : keys.senderIsA === ((orientation & ORIENTATION_FORWARD_IS_A) !== 0);
    return (slot << 1) | (isForward ? 0 : 1);
  }

  /** Notes a packet's instant as the instance's last, no later than the source clock. */
  touch(slot: number, words: Int32Array, at: number, clockS: number, clockNanos: number): void {
    const instances = this.pool.words;
    const base = slot * INSTANCE_STRIDE;
    instances[base + INSTANCE_SEEN_S] = clockS;
    let s = words[at + SECONDS]! >>> 0;
    let nanos = words[at + NANOS]!;
    if (s > clockS || (s === clockS && nanos > clockNanos)) {
      s = clockS;
      nanos = clockNanos;
    }
    const lastS = instances[base + INSTANCE_LAST_S]! >>> 0;
    if (s < lastS || (s === lastS && nanos < instances[base + INSTANCE_LAST_NANOS]!)) return;
    instances[base + INSTANCE_LAST_S] = s;
    instances[base + INSTANCE_LAST_NANOS] = nanos;
  }

  /** Whether nothing holds the instance and its class's idle time has passed since its last packet. */
  isIdle(slot: number, clockS: number, clockNanos: number): boolean {
    return this.#isSilent(slot, this.classOf(slot).settings.idleS, clockS, clockNanos);
  }

  /**
   * Ends what has been silent for a while when fewer than `wanted` slots are free, at most once a second of the source
   * clock. To be called before the instances of a packet are asked for, so that it ends none of them.
   */
  makeRoom(wanted: number, clockS: number, clockNanos: number): void {
    if (this.pool.taken - this.#overflows + wanted <= this.#maxFlows || this.#pressureSweepS === clockS) return;
    this.#pressureSweepS = clockS;
    for (let slot = 1; slot < this.pool.end; slot++) {
      if (!this.#isLive(slot) || !this.#isSilent(slot, PRESSURE_IDLE_S, clockS, clockNanos)) continue;
      const reason = this.isIdle(slot, clockS, clockNanos) ? "idle" : "evicted";
      if (reason === "evicted") this.counters.evicted++;
      this.end(slot, reason);
    }
  }

  /** Ends what has been idle by the source clock. */
  endIdle(clockS: number, clockNanos: number): void {
    for (let slot = 1; slot < this.pool.end; slot++) {
      if (this.#isLive(slot) && this.isIdle(slot, clockS, clockNanos)) this.end(slot, "idle");
    }
  }

  /** Ends every instance, in the order of their slots. */
  endAll(reason: FlowEndReason): void {
    for (let slot = 1; slot < this.pool.end; slot++) if (this.#isLive(slot)) this.end(slot, reason);
  }

  end(slot: number, reason: FlowEndReason): void {
    this.#pending.writeOf(slot);
    const { words } = this.pool;
    const base = slot * INSTANCE_STRIDE;
    this.#announcer.ended(
      this.idOf(slot),
      words[base + INSTANCE_LAST_S]! >>> 0,
      words[base + INSTANCE_LAST_NANOS]!,
      reason,
    );
    if (words[base + INSTANCE_ORIENTATION]! & ORIENTATION_OVERFLOW) {
      this.#overflow[words[base + INSTANCE_CLASS]!] = 0;
      this.#overflows--;
    } else {
      this.#index.remove(words[base + INSTANCE_HASH]!, slot);
      this.#kept.forget(slot);
      if (this.#overflows > 0) this.overflowIsStale = true;
    }
    words[base + INSTANCE_ID] = 0;
    this.pool.give(slot);
    this.counters.ended++;
  }

  #isLive(slot: number): boolean {
    return this.pool.words[slot * INSTANCE_STRIDE + INSTANCE_ID] !== 0;
  }

  #isSilent(slot: number, idleS: number, clockS: number, clockNanos: number): boolean {
    const { words } = this.pool;
    const base = slot * INSTANCE_STRIDE;
    const lastS = words[base + INSTANCE_LAST_S]! >>> 0;
    const seenS = words[base + INSTANCE_SEEN_S]! >>> 0;
    const silentS = clockS - Math.max(lastS, seenS);
    if (silentS < idleS || words[base + INSTANCE_PINS] !== 0) return false;
    return silentS > idleS || seenS > lastS || clockNanos > words[base + INSTANCE_LAST_NANOS]!;
  }

  #find(): number {
    const { key, hash } = this.#keys;
    const { pairs } = this.#index;
    for (let p = this.#index.home(hash); pairs[p] !== 0; p = this.#index.next(p)) {
      if (pairs[p + 1] !== hash) continue;
      if (this.#kept.has(pairs[p]! - 1, key)) return pairs[p]! - 1;
    }
    return 0;
  }

  #make(words: Int32Array, at: number, flowClass: FlowClass): number {
    if (this.pool.taken - this.#overflows >= this.#maxFlows) return this.#overflowOf(words, at, flowClass);
    const keys = this.#keys;
    const rule = keys.ruleAtFirst(words, at, flowClass);
    const slot = this.#take(flowClass);
    const { words: instances } = this.pool;
    const base = slot * INSTANCE_STRIDE;
    instances[base + INSTANCE_HASH] = keys.hash;
    this.#kept.put(slot, keys.key);
    const orientation = this.#orientation(rule, words, at, flowClass);
    orient(this.pool, slot, orientation);
    this.#index.add(keys.hash, slot);
    const forwardIsA = (orientation & ORIENTATION_FORWARD_IS_A) !== 0;
    this.#announcer.began(this.idOf(slot), flowClass, rule, keys, forwardIsA, words, at);
    return slot;
  }

  #orientation(rule: DirectionRule, words: Int32Array, at: number, flowClass: FlowClass): number {
    const keys = this.#keys;
    if (!flowClass.settings.partition.twoWay) return ORIENTATION_ONE_WAY | ORIENTATION_FORWARD_IS_A;
    if (keys.endpointsEqual) return ORIENTATION_PER_PACKET | ORIENTATION_FORWARD_IS_A;
    return keys.isForward(rule, words, at, flowClass) === keys.senderIsA ? ORIENTATION_FORWARD_IS_A : 0;
  }

  #take(flowClass: FlowClass): number {
    const slot = this.pool.take();
    // 0 in the low word means free.
    if ((this.#nextId | 0) === 0) this.#nextId++;
    setInstanceId(this.pool, slot, this.#nextId++);
    this.pool.words[slot * INSTANCE_STRIDE + INSTANCE_CLASS] = flowClass.index;
    this.counters.made++;
    return slot;
  }

  #overflowOf(words: Int32Array, at: number, flowClass: FlowClass): number {
    this.counters.overflowed++;
    const existing = this.#overflow[flowClass.index]!;
    if (existing !== 0) return existing;
    const slot = this.#take(flowClass);
    const oneWay = flowClass.settings.partition.twoWay ? 0 : ORIENTATION_ONE_WAY;
    orient(this.pool, slot, ORIENTATION_OVERFLOW | ORIENTATION_PER_PACKET | oneWay);
    this.#overflow[flowClass.index] = slot;
    this.#overflows++;
    this.#announcer.overflowed(this.idOf(slot), flowClass, words, at);
    return slot;
  }
}
