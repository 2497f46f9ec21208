import { blankRecord, type ObservationType, observationTypes, type RecordOf } from "@trafmon/observation";
import type { OneWayClass } from "./one-way-class.ts";
import type { PacketSightings } from "./packet-sightings.ts";
import type { PairCounter } from "./pair-counter.ts";
import type { SignatureIndex } from "./signature-index.ts";

/** Where consolidated records go. */
export interface RecordOutlet {
  write<T extends ObservationType>(type: T, record: RecordOf<T>): void;
  tell(severity: "info" | "warning" | "error", code: string, origin: string, text: string, parameters: object): void;
}

const { owct, owlost, owmiss, owdrop, owlat, owts } = observationTypes;

/** Writes what counters and packets say as records of their types. */
export class ConsolidatedRecords {
  readonly #outlet: RecordOutlet;
  readonly #latency = blankRecord(owlat);
  readonly #timestamps = blankRecord(owts);

  constructor(outlet: RecordOutlet) {
    this.#outlet = outlet;
  }

  counter(of: OneWayClass, startS: number, pair: number, counter: PairCounter): void {
    const { from, to } = of.pairs[pair]!;
    const isApart = of.settings.verdicts === "apart";
    const interval_s = of.settings.intervalS;
    const head = { class: of.name, from_hop: from, to_hop: to, interval_start_s: startS, interval_s };
    const { missedFromPackets, missedFromBytes, missedToPackets, missedToBytes } = counter;
    if (isApart) this.#apart(head, counter);
    const told = isApart ? 0 : 1;
    const record: RecordOf<typeof owct> = {
      ...head,
      matched_packets: counter.matchedPackets,
      matched_bytes: counter.matchedBytes,
      lost_packets: told * counter.lostPackets,
      lost_bytes: told * counter.lostBytes,
      missed_packets: told * (missedFromPackets + missedToPackets),
      missed_bytes: told * (missedFromBytes + missedToBytes),
      unknown_packets: counter.unknownPackets,
      unknown_bytes: counter.unknownBytes,
      dropped_packets: told * counter.droppedPackets,
      dropped_bytes: told * counter.droppedBytes,
      latency_sum_ns: counter.latencySumNs,
      latency_min_ns: counter.latencyMinNs,
      latency_max_ns: counter.latencyMaxNs,
      latency_histogram: [...counter.histogram].sort(([a], [b]) => a - b).flat(),
      duplicate_packets: counter.duplicatePackets,
      duplicate_bytes: counter.duplicateBytes,
      negative_packets: counter.negativePackets,
    };
    const said = record.matched_packets + record.unknown_packets + record.duplicate_packets;
    if (!isApart || said > 0) this.#outlet.write(owct, record);
  }

  /** One packet, as the class wants the details. */
  packet(of: OneWayClass, index: SignatureIndex, entry: number, packet: PacketSightings, bytes: number): void {
    if (of.settings.details === "none") return;
    const signature = hexadecimal(index.high[entry]!) + hexadecimal(index.low[entry]!);
    if (of.settings.details === "latency") this.#latencies(of, index, packet, signature, bytes);
    else this.#instants(of, index, packet, signature, bytes);
  }

  #apart(
    head: Pick<RecordOf<typeof owlost>, Exclude<keyof RecordOf<typeof owlost>, "packets" | "bytes">>,
    counter: PairCounter,
  ) {
    const { lostPackets, lostBytes, droppedPackets, droppedBytes } = counter;
    if (lostPackets > 0) this.#outlet.write(owlost, { ...head, packets: lostPackets, bytes: lostBytes });
    if (droppedPackets > 0) this.#outlet.write(owdrop, { ...head, packets: droppedPackets, bytes: droppedBytes });
    const missed = [
      { at_hop: head.from_hop, packets: counter.missedFromPackets, bytes: counter.missedFromBytes },
      { at_hop: head.to_hop, packets: counter.missedToPackets, bytes: counter.missedToBytes },
    ];
    for (const each of missed) if (each.packets > 0) this.#outlet.write(owmiss, { ...head, ...each });
  }

  #latencies(of: OneWayClass, index: SignatureIndex, packet: PacketSightings, signature: string, bytes: number): void {
    const { sightings } = index;
    const record = this.#latency;
    record.class = of.name;
    record.signature = signature;
    record.bytes = bytes;
    const tell = (pair: number) => {
      const { from, to } = of.pairs[pair]!;
      const [earlier, later] = [packet.at[from]!, packet.at[to]!];
      if (earlier < 0 || later < 0) return;
      record.from_hop = from;
      record.to_hop = to;
      record.seen_s = sightings.seconds[earlier]!;
      record.seen_nanos = sightings.nanos[earlier]!;
      record.latency_ns = sightings.nsAfter(later, earlier);
      this.#outlet.write(owlat, record);
    };
    packet.route.pairs.forEach(tell);
    if (packet.route.ends !== null) tell(packet.route.ends);
  }

  #instants(of: OneWayClass, index: SignatureIndex, packet: PacketSightings, signature: string, bytes: number): void {
    const { sightings } = index;
    const record = this.#timestamps;
    record.class = of.name;
    record.signature = signature;
    record.bytes = bytes;
    record.seen_s = sightings.seconds[packet.first]!;
    record.seen_nanos = sightings.nanos[packet.first]!;
    record.hops = packet.route.hops
      .filter((hop) => packet.at[hop]! >= 0)
      .map((hop) => `${hop}:${sightings.nsAfter(packet.at[hop]!, packet.first)}`)
      .join(",");
    this.#outlet.write(owts, record);
  }
}

function hexadecimal(half: number): string {
  return (half >>> 0).toString(16).padStart(8, "0");
}
