import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import {
  blankRecord,
  formatLine,
  formatLogFileName,
  logHeader,
  type ObservationName,
  observationTypes,
} from "@trafmon/observation";

export interface BenchTraffic {
  /** TCP flows, each with a line of `ipct` per minute and one connection. */
  readonly flows: number;
  readonly minutes: number;
  /** First minute, seconds since the epoch. */
  readonly startS: number;
}

/** A file of the collector's default `logInterval`. */
const FILE_MINUTES = 5;
const RUN = "00000000000000a1";
const PROBE = "bench";
/** Lines written at once. */
const CHUNK_LINES = 10_000;

/**
 * Writes log files as a collector with one probe does: all flows described first, then per minute a line of `ipct` for
 * every flow, and `tcpcx` in the flow's last minute. Returns the lines of `ipct` and `tcpcx`.
 */
export function writeBenchLogs(folder: string, { flows, minutes, startS }: BenchTraffic): number {
  mkdirSync(folder, { recursive: true });
  const address = (flow: number) => Uint8Array.of(10, flow >> 16, (flow >> 8) & 255, flow & 255);
  const server = (flow: number) => Uint8Array.of(192, 0, 2, flow % 200);
  let serial = 1;
  const writerOf = (name: ObservationName) => new LogWriter(folder, name, serial);

  const described = writerOf("flow");
  for (let flow = 1; flow <= flows; flow++) {
    described.add({
      flow_id: flow,
      class: "all",
      account: true,
      two_way: true,
      direction: "syn",
      ip_version: 4,
      protocol: 6,
      fwd_address: address(flow),
      fwd_prefix_length: 32,
      rev_address: server(flow),
      rev_prefix_length: 32,
      fwd_port: 1024 + (flow % 60_000),
      rev_port: flow % 2 === 0 ? 443 : 80,
      started_s: startS,
    });
  }
  described.close();

  let lines = 0;
  for (let from = 0; from < minutes; from += FILE_MINUTES, serial++) {
    const counters = writerOf("ipct");
    const connections = writerOf("tcpcx");
    for (let minute = from; minute < Math.min(minutes, from + FILE_MINUTES); minute++) {
      const interval_start_s = startS + 60 * minute;
      for (let flow = 1; flow <= flows; flow++) {
        const packets = 1 + ((flow * 7 + minute * 13) % 40);
        counters.add({
          flow_id: flow,
          interval_start_s,
          interval_s: 60,
          fwd_packets: packets,
          rev_packets: packets + 2,
          fwd_bytes: packets * 112,
          rev_bytes: packets * 1338,
          first_s: interval_start_s + (flow % 20),
          first_nanos: flow * 1000,
          last_s: interval_start_s + 40 + (flow % 20),
          last_nanos: 1_000_000 + flow * 1000,
        });
        lines++;
        if (flow % minutes !== minute) continue;
        connections.add({
          flow_id: flow,
          connection_id: flow,
          tap_group: "bench",
          fwd_address: address(flow),
          fwd_port: 1024 + (flow % 60_000),
          rev_address: server(flow),
          rev_port: flow % 2 === 0 ? 443 : 80,
          started_s: startS,
          ended_s: interval_start_s + 50,
          outcome: "closed",
          syn_seen: true,
          established: true,
          syn_synack_ns: 9_000_000 + flow,
          fwd_packets: packets * minutes,
          rev_packets: (packets + 2) * minutes,
          fwd_bytes: packets * 112 * minutes,
          rev_bytes: packets * 1338 * minutes,
        });
        lines++;
      }
    }
    counters.close();
    connections.close();
  }
  return lines;
}

class LogWriter {
  readonly #file: number;
  readonly #type: (typeof observationTypes)[ObservationName];
  #recordNo = 0;
  #lines: string[] = [];
  static readonly #recordNos = new Map<ObservationName, number>();

  constructor(folder: string, name: ObservationName, serial: number) {
    const file = formatLogFileName({ type: name, collector: "bench", epoch: `${RUN}`, serial, isPart: false });
    this.#file = openSync(join(folder, file), "w");
    this.#type = observationTypes[name];
    this.#recordNo = LogWriter.#recordNos.get(name) ?? 0;
    writeSync(this.#file, `${logHeader(this.#type)}\n`);
  }

  add(fields: object): void {
    const record = { ...(blankRecord(this.#type) as object), ...fields };
    this.#lines.push(`${formatLine(this.#type)(record as never, PROBE, RUN, ++this.#recordNo)}\n`);
    if (this.#lines.length === CHUNK_LINES) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
    LogWriter.#recordNos.set(this.#type.name as ObservationName, this.#recordNo);
  }

  #flush(): void {
    writeSync(this.#file, this.#lines.join(""));
    this.#lines = [];
  }
}
