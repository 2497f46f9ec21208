import type { LogRecord, LogRecords } from "./log-records.ts";
import { type PayloadVolume, total, type Volume, VolumeSums } from "./volume.ts";

/** What the log files say of one probe. */
export class LogVolumes {
  readonly #flows = new Map<string, LogRecord>();
  readonly #counters: LogRecord[];
  readonly #connections: LogRecord[];
  readonly #statistics: LogRecord[];

  constructor(logs: LogRecords, probe: string) {
    const recordsOf = (type: string) => logs.of(type).filter((record) => record.probe === probe);
    for (const flow of recordsOf("flow")) this.#flows.set(`${flow.run} ${flow.flow_id}`, flow);
    this.#counters = recordsOf("ipct");
    this.#connections = recordsOf("tcpcx");
    this.#statistics = recordsOf("capst");
  }

  /** All of the account class. */
  account(): Volume {
    return total(this.#countersOf((flow) => flow.account === "1").flatMap(({ ways }) => ways));
  }

  /** Packets of the account class that are copies of an earlier frame. */
  accountDuplicates(): number {
    const records = this.#counters.filter(
      (record) => this.#flows.get(`${record.run} ${record.flow_id}`)?.account === "1",
    );
    return records.reduce(
      (sum, each) => sum + Number(each.fwd_duplicate_packets) + Number(each.rev_duplicate_packets),
      0,
    );
  }

  /** The account class by `protocol sender receiver`. */
  accountByHosts(): Record<string, Volume> {
    const sums = new VolumeSums<Volume>();
    for (const { flow, ways } of this.#countersOf(({ account }) => account === "1")) {
      const { protocol, fwd_address: near, rev_address: far } = flow;
      sums.add(`${protocol} ${near} ${far}`, ways[0]);
      sums.add(`${protocol} ${far} ${near}`, ways[1]);
    }
    return sums.byKey();
  }

  /** A class that tells ports apart by `protocol sender port receiver port`. */
  byTuple(flowClass: string): Record<string, Volume> {
    const sums = new VolumeSums<Volume>();
    for (const { flow, ways } of this.#countersOf((each) => each.class === flowClass)) {
      const near = `${flow.fwd_address} ${flow.fwd_port}`;
      const far = `${flow.rev_address} ${flow.rev_port}`;
      sums.add(`${flow.protocol} ${near} ${far}`, ways[0]);
      sums.add(`${flow.protocol} ${far} ${near}`, ways[1]);
    }
    return sums.byKey();
  }

  /** All connection records, tails too, by `sender port receiver port`. */
  tcp(): Record<string, PayloadVolume> {
    const sums = new VolumeSums<PayloadVolume>();
    for (const record of this.#connections) {
      const near = `${record.fwd_address} ${record.fwd_port}`;
      const far = `${record.rev_address} ${record.rev_port}`;
      sums.add(`${near} ${far}`, { ...wayOf(record, "fwd"), payloadBytes: Number(record.fwd_payload_bytes) });
      sums.add(`${far} ${near}`, { ...wayOf(record, "rev"), payloadBytes: Number(record.rev_payload_bytes) });
    }
    return sums.byKey();
  }

  /** A column of the capture statistics added up. */
  statistic(column: string): number {
    return this.#statistics.reduce((sum, record) => sum + Number(record[column]), 0);
  }

  /** A tally of the capture statistics, `name:count,...` in each record, added up. */
  tally(column: string): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const pair of this.#statistics.flatMap((record) => record[column]!.split(",").filter((text) => text !== ""))) {
      const [name, count] = pair.split(":") as [string, string];
      counts[name] = (counts[name] ?? 0) + Number(count);
    }
    return counts;
  }

  #countersOf(takes: (flow: LogRecord) => boolean): { flow: LogRecord; ways: [fwd: Volume, rev: Volume] }[] {
    return this.#counters.flatMap((record) => {
      const flow = this.#flows.get(`${record.run} ${record.flow_id}`);
      if (flow === undefined) throw new Error(`flow ${record.flow_id} of run ${record.run} is not described`);
      return takes(flow) ? [{ flow, ways: [wayOf(record, "fwd"), wayOf(record, "rev")] }] : [];
    });
  }
}

function wayOf(record: LogRecord, way: "fwd" | "rev"): Volume {
  return { packets: Number(record[`${way}_packets`]), bytes: Number(record[`${way}_bytes`]) };
}
