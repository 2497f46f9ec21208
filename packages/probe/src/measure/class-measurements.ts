import type { FlowClass } from "../classify/flow-class.ts";
import { INSTANCE_CELLS, INSTANCE_CLASS, INSTANCE_MEASUREMENTS, INSTANCE_STRIDE } from "../classify/instance-record.ts";
import type { RecordPool } from "../tables/record-pool.ts";
import { catalogue } from "./catalogue.ts";
import { announceSizeSlices } from "./ip-sizes.ts";
import type { Measurement, MeasurementKind, MeasurementParts, Sees } from "./measurement.ts";
import type { ConnectionEventCounter } from "./tcp/segment-verdict.ts";
import { TcpCounters } from "./tcp-counters.ts";

/** Kinds of packet: what no other kind is, then TCP, UDP and ICMP with their transport header. */
const KINDS: readonly (Sees | null)[] = [null, "tcp", "udp", "icmp"];

/** The measurements of all flow classes: which of them a packet of a class goes through, and when they write. */
export class ClassMeasurements {
  readonly #instances: RecordPool;
  /** By class. */
  readonly #ofClass: (readonly Measurement[])[] = [];
  /** By class and kind of packet: class * KINDS.length + kind. */
  readonly #programs: (readonly Measurement[])[] = [];

  constructor(classes: readonly FlowClass[], parts: Omit<MeasurementParts, "flowClass" | "place">) {
    this.#instances = parts.instances;
    for (const flowClass of classes) {
      const { measure, name } = flowClass.settings;
      if (measure.ipSizes) announceSizeSlices(parts.sink, name, measure.ipSizes.bounds);
      const made: { measurement: Measurement; sees: Sees }[] = [];
      for (const { sees, make } of catalogue) {
        const measurement = make(measure, { ...parts, flowClass, place: made.length });
        if (measurement) made.push({ measurement, sees });
      }
      if (made.length > INSTANCE_MEASUREMENTS) throw new Error(`class ${name} has ${made.length} measurements`);
      this.#ofClass.push(made.map(({ measurement }) => measurement));
      for (const kind of KINDS) {
        this.#programs.push(
          made.filter(({ sees }) => sees === "ip" || sees === kind).map(({ measurement }) => measurement),
        );
      }
    }
  }

  /** What a packet of this kind goes through in a class. */
  programOf(classIndex: number, kind: number): readonly Measurement[] {
    return this.#programs[classIndex * KINDS.length + kind]!;
  }

  /** What counts the events of TCP connections in a class; null: it asks for no such counters. */
  connectionEventsOf(flowClass: FlowClass): ConnectionEventCounter | null {
    return this.#ofClass[flowClass.index]!.find((measurement) => measurement instanceof TcpCounters) ?? null;
  }

  /** A class's measurement of this kind; null: it does not ask for it. */
  measurementOf<M extends Measurement>(flowClass: FlowClass, kind: MeasurementKind<M>): M | null {
    for (const measurement of this.#ofClass[flowClass.index]!) if (measurement instanceof kind) return measurement;
    return null;
  }

  /** Reads of each open cell of an instance, so that it is fetched into the cache. */
  touch(slot: number): number {
    const base = slot * INSTANCE_STRIDE;
    const instances = this.#instances.words;
    const measurements = this.#ofClass[instances[base + INSTANCE_CLASS]!]!;
    let touched = 0;
    for (let place = 0; place < measurements.length; place++) {
      const { pool } = measurements[place]!;
      touched ^= pool.words[instances[base + INSTANCE_CELLS + place]! * pool.stride]!;
    }
    return touched;
  }

  /** Writes what is pending for a flow instance. */
  writeOf(slot: number): void {
    const classIndex = this.#instances.words[slot * INSTANCE_STRIDE + INSTANCE_CLASS]!;
    for (const measurement of this.#ofClass[classIndex]!) measurement.writeOf(slot);
  }

  /** Writes the intervals that ended the lateness or longer before the source clock. */
  writeEnded(clockS: number): void {
    for (const ofClass of this.#ofClass) {
      for (const measurement of ofClass) if (measurement.dueS <= clockS) measurement.writeEnded(clockS);
    }
  }

  writeAll(): void {
    for (const ofClass of this.#ofClass) for (const measurement of ofClass) measurement.writeAll();
  }

  get bytes(): number {
    return this.#ofClass.flat().reduce((sum, measurement) => sum + measurement.bytes, 0);
  }
}
