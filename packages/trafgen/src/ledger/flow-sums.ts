import type { FlowTable } from "./flow-table.ts";
import type { TableFile } from "./table-file.ts";

/** Packets and bytes of flows, as one place saw them. */
export class FlowSums {
  #packets = new Float64Array(256);
  #ipBytes = new Float64Array(256);
  #payloadBytes = new Float64Array(256);
  /** Nanoseconds after the start of the run. */
  #firstNs = new Float64Array(256);
  #lastNs = new Float64Array(256);

  add(flow: number, atNs: number, ipBytes: number, payloadBytes: number): void {
    if (flow >= this.#packets.length) this.#grow(flow);
    if (this.#packets[flow]! === 0 || atNs < this.#firstNs[flow]!) this.#firstNs[flow] = atNs;
    if (this.#packets[flow]! === 0 || atNs > this.#lastNs[flow]!) this.#lastNs[flow] = atNs;
    this.#packets[flow]! += 1;
    this.#ipBytes[flow]! += ipBytes;
    this.#payloadBytes[flow]! += payloadBytes;
  }

  /** A line for every flow that has packets. */
  write(file: TableFile, place: number, flows: FlowTable, instant: (file: TableFile, atNs: number) => void): void {
    for (let flow = 0; flow < flows.count; flow++) {
      const packets = this.#packets[flow] ?? 0;
      if (packets === 0) continue;
      file.integer(place).raw(flows.columns[flow]!).integer(packets);
      file.integer(this.#ipBytes[flow]!).integer(this.#payloadBytes[flow]!);
      instant(file, this.#firstNs[flow]!);
      instant(file, this.#lastNs[flow]!);
      file.endLine();
    }
  }

  #grow(flow: number): void {
    let length = this.#packets.length;
    while (length <= flow) length *= 2;
    const grown = (array: Float64Array) => {
      const longer = new Float64Array(length);
      longer.set(array);
      return longer;
    };
    this.#packets = grown(this.#packets);
    this.#ipBytes = grown(this.#ipBytes);
    this.#payloadBytes = grown(this.#payloadBytes);
    this.#firstNs = grown(this.#firstNs);
    this.#lastNs = grown(this.#lastNs);
  }
}
