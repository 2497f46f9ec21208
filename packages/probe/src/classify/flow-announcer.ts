import { type ObservationSink, observationTypes, type RecordOf, type RecordWriter } from "@trafmon/observation";
import { NANOS, SECONDS } from "@trafmon/packet";
import { AddressPair } from "./address-pair.ts";
import type { FlowClass } from "./flow-class.ts";
import {
  type DirectionRule,
  type FlowKeyMaker,
  KEY_A,
  KEY_B,
  KEY_HAS_PORTS,
  KEY_INTERFACE,
  KEY_IS_V6,
  KEY_KIND,
  KEY_PORTS,
  KEY_SERVICE,
  KEY_TOS_VLAN,
} from "./flow-key.ts";

export type FlowEndReason = RecordOf<typeof observationTypes.flowend>["reason"];

/** An interface the probe watches. */
export interface WatchedInterface {
  readonly name: string;
  readonly tapGroup: string;
}

/** Writes the identity records of flow instances: what an id stands for, and its end. */
export class FlowAnnouncer {
  readonly #flow: RecordWriter<typeof observationTypes.flow>;
  readonly #flowEnd: RecordWriter<typeof observationTypes.flowend>;
  readonly #interfaces: readonly WatchedInterface[];
  readonly #addresses = new AddressPair();
  readonly #record: RecordOf<typeof observationTypes.flow> = {
    flow_id: 0,
    class: "",
    account: false,
    two_way: false,
    direction: "first",
    ip_version: null,
    protocol: null,
    fwd_address: null,
    fwd_prefix_length: null,
    rev_address: null,
    rev_prefix_length: null,
    fwd_port: null,
    rev_port: null,
    service: null,
    tos: null,
    vlan: null,
    interface: null,
    tap_group: null,
    started_s: 0,
    started_nanos: 0,
  };
  readonly #end: RecordOf<typeof observationTypes.flowend> = { flow_id: 0, ended_s: 0, ended_nanos: 0, reason: "idle" };

  constructor(sink: ObservationSink, interfaces: readonly WatchedInterface[]) {
    this.#flow = sink.writerOf(observationTypes.flow);
    this.#flowEnd = sink.writerOf(observationTypes.flowend);
    this.#interfaces = interfaces;
  }

  /** Says what instance `id` is, by its key and its first packet, the one at `at`. */
  began(
    id: number,
    flowClass: FlowClass,
    rule: DirectionRule,
    keys: FlowKeyMaker,
    forwardIsA: boolean,
    words: Int32Array,
    at: number,
  ): void {
    this.#begin(id, flowClass, rule, words, at);
    const record = this.#record;
    const { key } = keys;
    const { partition } = flowClass.settings;
    if (partition.addresses !== null) {
      const isV6 = (key[KEY_KIND]! & KEY_IS_V6) !== 0;
      const bits = isV6 ? partition.addresses.v6Bits : partition.addresses.v4Bits;
      record.ip_version = isV6 ? 6 : 4;
      record.fwd_address = this.#addresses.forward(key, forwardIsA ? KEY_A : KEY_B, isV6);
      record.fwd_prefix_length = bits;
      record.rev_address = this.#addresses.reverse(key, forwardIsA ? KEY_B : KEY_A, isV6);
      record.rev_prefix_length = bits;
    }
    if (partition.protocol) record.protocol = (key[KEY_KIND]! >> 8) & 0xff;
    if (key[KEY_KIND]! & KEY_HAS_PORTS) {
      const [portA, portB] = [key[KEY_PORTS]! >>> 16, key[KEY_PORTS]! & 0xffff];
      record.fwd_port = forwardIsA ? portA : portB;
      record.rev_port = forwardIsA ? portB : portA;
      record.service = keys.serviceOf(words, at);
    } else if (partition.service) {
      record.service = keys.serviceName(key[KEY_SERVICE]!);
    }
    if (partition.tos) record.tos = key[KEY_TOS_VLAN]! & 0xff;
    if (partition.vlan) record.vlan = key[KEY_TOS_VLAN]! >> 8;
    if (partition.interface) {
      const watched = this.#interfaces[key[KEY_INTERFACE]!];
      record.interface = watched?.name ?? null;
      record.tap_group = watched?.tapGroup ?? null;
    }
    this.#flow.write(record);
  }

  /** Says that instance `id` takes what found no slot in the class. */
  overflowed(id: number, flowClass: FlowClass, words: Int32Array, at: number): void {
    this.#begin(id, flowClass, "overflow", words, at);
    this.#flow.write(this.#record);
  }

  ended(id: number, s: number, nanos: number, reason: FlowEndReason): void {
    const record = this.#end;
    record.flow_id = id;
    record.ended_s = s;
    record.ended_nanos = nanos;
    record.reason = reason;
    this.#flowEnd.write(record);
  }

  #begin(id: number, flowClass: FlowClass, rule: DirectionRule, words: Int32Array, at: number): void {
    const record = this.#record;
    record.flow_id = id;
    record.class = flowClass.settings.name;
    record.account = flowClass.settings.account;
    record.two_way = flowClass.settings.partition.twoWay;
    record.direction = rule;
    record.ip_version = record.protocol = record.tos = record.vlan = null;
    record.fwd_address = record.rev_address = null;
    record.fwd_prefix_length = record.rev_prefix_length = null;
    record.fwd_port = record.rev_port = null;
    record.service = record.interface = record.tap_group = null;
    record.started_s = words[at + SECONDS]! >>> 0;
    record.started_nanos = words[at + NANOS]!;
  }
}
