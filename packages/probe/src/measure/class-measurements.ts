import type { Measurements } from "@trafmon/settings";
import type { FlowClass } from "../classify/flow-class.ts";
import { INSTANCE_CLASS, INSTANCE_MEASUREMENTS, INSTANCE_STRIDE } from "../classify/instance-record.ts";
import type { RecordPool } from "../tables/record-pool.ts";
import { catalogue } from "./catalogue.ts";
import { announceSizeSlices } from "./ip-sizes.ts";
import type { IntervalWriting, Measurement, MeasurementKind, MeasurementParts, Sees } from "./measurement.ts";
import { ICMP, OTHER, PacketCells, type PacketCounters, TCP, UDP } from "./packet-cells.ts";
import type { ConnectionEventCounter } from "./tcp/segment-verdict.ts";

/** What each kind of packet is seen as. */
const SEEN_AS: readonly (Sees | null)[] = Object.assign([], {
  [OTHER]: null,
  [TCP]: "tcp",
  [UDP]: "udp",
  [ICMP]: "icmp",
});

/** What the packets of one class go through. */
interface ClassProgram {
  readonly packetCells: readonly PacketCells[];
  /** By kind of packet. */
  readonly others: readonly (readonly Measurement[])[];
  readonly all: readonly IntervalWriting[];
}

/** The measurements of all flow classes: which of them a packet of a class goes through, and when they write. */
export class ClassMeasurements {
  readonly #instances: RecordPool;
  /** By class. */
  readonly #programs: readonly ClassProgram[];

  constructor(classes: readonly FlowClass[], parts: Omit<MeasurementParts, "flowClass" | "place">) {
    this.#instances = parts.instances;
    this.#programs = classes.map((flowClass) => {
      const { measure, name } = flowClass.settings;
      if (measure.ipSizes) announceSizeSlices(parts.sink, name, measure.ipSizes.bounds);
      let place = 0;
      const packetCells = [...byInterval(measure)].map(([intervalS, asked]) => {
        const cells = new PacketCells({ ...parts, flowClass, place }, intervalS, asked);
        place += asked.tcpCounters === null ? 1 : 2;
        return cells;
      });
      const others: { measurement: Measurement; sees: Sees }[] = [];
      for (const { sees, make } of catalogue) {
        const measurement = make(measure, { ...parts, flowClass, place });
        if (measurement === null) continue;
        others.push({ measurement, sees });
        place++;
      }
      if (place > INSTANCE_MEASUREMENTS) throw new Error(`class ${name} wants ${place} cells an instance`);
      return {
        packetCells,
        others: SEEN_AS.map((kind) =>
          others.filter(({ sees }) => sees === "ip" || sees === kind).map(({ measurement }) => measurement),
        ),
        all: [...packetCells, ...others.map(({ measurement }) => measurement)],
      };
    });
  }

  /** Counts the packet record at `at` for a flow instance. `reverse`: 0 or 1. `kind`: as in packet-cells.ts. */
  count(words: Int32Array, at: number, slot: number, reverse: number, kind: number): void {
    const program = this.#programs[this.#instances.words[slot * INSTANCE_STRIDE + INSTANCE_CLASS]!]!;
    const { packetCells } = program;
    for (let i = 0; i < packetCells.length; i++) packetCells[i]!.count(words, at, slot, reverse, kind);
    const others = program.others[kind]!;
    for (let i = 0; i < others.length; i++) others[i]!.count(words, at, slot, reverse);
  }

  /** What counts the events of TCP connections in a class; null: it asks for no such counters. */
  connectionEventsOf(flowClass: FlowClass): ConnectionEventCounter | null {
    return this.#programs[flowClass.index]!.packetCells.find(({ tcp }) => tcp !== null)?.tcp ?? null;
  }

  /** A class's measurement of this kind; null: it does not ask for it. */
  measurementOf<M extends Measurement>(flowClass: FlowClass, kind: MeasurementKind<M>): M | null {
    for (const measurement of this.#programs[flowClass.index]!.all) if (measurement instanceof kind) return measurement;
    return null;
  }

  /**
   * Reads of the open packet cells of instances, so that they are fetched into the cache. `members`: of the first `count`,
   * instance << 1 | its direction.
   */
  touch(members: Int32Array, count: number): number {
    return this.#touchEach(members, count, touchCells);
  }

  /** Reads of what these cells name, once they are in the cache. */
  touchNamed(members: Int32Array, count: number): number {
    return this.#touchEach(members, count, touchRests);
  }

  /** Reads of what is counted of TCP beyond the packet cells. */
  touchTcp(members: Int32Array, count: number): number {
    return this.#touchEach(members, count, touchDetails);
  }

  /** Reads of what that names, once it is in the cache. */
  touchTcpNamed(members: Int32Array, count: number): number {
    return this.#touchEach(members, count, touchRoundTrips);
  }

  #touchEach(members: Int32Array, count: number, touch: Touch): number {
    let touched = 0;
    // With one class, all in one go.
    if (this.#programs.length === 1) {
      const { packetCells } = this.#programs[0]!;
      for (let i = 0; i < packetCells.length; i++) touched ^= touch(packetCells[i]!, members, 0, count);
      return touched;
    }
    const instances = this.#instances.words;
    for (let index = 0; index < count; index++) {
      const place = (members[index]! >>> 1) * INSTANCE_STRIDE;
      const { packetCells } = this.#programs[instances[place + INSTANCE_CLASS]!]!;
      for (let i = 0; i < packetCells.length; i++) touched ^= touch(packetCells[i]!, members, index, index + 1);
    }
    return touched;
  }

  /** Writes what is pending for a flow instance. */
  writeOf(slot: number): void {
    const classIndex = this.#instances.words[slot * INSTANCE_STRIDE + INSTANCE_CLASS]!;
    for (const each of this.#programs[classIndex]!.all) each.writeOf(slot);
  }

  /** Writes the intervals that ended the lateness or longer before the source clock. */
  writeEnded(clockS: number): void {
    for (const { all } of this.#programs) for (const each of all) if (each.dueS <= clockS) each.writeEnded(clockS);
  }

  writeAll(): void {
    for (const { all } of this.#programs) for (const each of all) each.writeAll();
  }

  get bytes(): number {
    return this.#programs.flatMap(({ all }) => all).reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

type Touch = (cells: PacketCells, members: Int32Array, from: number, until: number) => number;

const touchCells: Touch = (cells, members, from, until) => cells.touch(members, from, until);
const touchRests: Touch = (cells, members, from, until) => cells.touchNamed(members, from, until);
const touchDetails: Touch = ({ tcp }, members, from, until) => (tcp === null ? 0 : tcp.touch(members, from, until));
const touchRoundTrips: Touch = ({ tcp }, members, from, until) =>
  tcp === null ? 0 : tcp.touchNamed(members, from, until);

/** What a class asks of the packet cells, by length of interval. */
function byInterval({ ipCounters, ipSizes, udpCounters, tcpCounters }: Measurements): Map<number, PacketCounters> {
  const asked = { ipCounters, ipSizes, udpCounters, tcpCounters };
  const lengths = new Set(Object.values(asked).flatMap((each) => each?.intervalS ?? []));
  const only = <T extends { readonly intervalS: number }>(each: T | null, intervalS: number) =>
    each?.intervalS === intervalS ? each : null;
  return new Map(
    [...lengths].map((intervalS) => [
      intervalS,
      {
        ipCounters: only(ipCounters, intervalS),
        ipSizes: only(ipSizes, intervalS),
        udpCounters: only(udpCounters, intervalS),
        tcpCounters: only(tcpCounters, intervalS),
      },
    ]),
  );
}
