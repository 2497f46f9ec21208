import type { LogRecord, LogRecords } from "../../read/log-records.ts";

/** Columns of tcpct that come in two directions, without `fwd_` and `rev_`. */
const SIDES = ["packets", "payload_bytes", "unique_payload_bytes", "syn_repeats", "fin_repeats", "rst"] as const;
const REPEATS = ["retransmitted_segments", "retransmitted_bytes"] as const;
export type SideFigure = (typeof SIDES)[number] | (typeof REPEATS)[number];
export type SideFigures = Record<SideFigure, number>;

/** Sums of tcpct at one probe: what some hosts sent. Of the class `tuples`, so that nothing counts twice. */
export function sentBy(logs: LogRecords, probe: string, isSender: (address: string) => boolean): SideFigures {
  const sums = Object.fromEntries([...SIDES, ...REPEATS].map((name) => [name, 0])) as SideFigures;
  for (const { record, flow } of counted(logs, probe)) {
    for (const way of ["fwd", "rev"] as const) {
      if (!isSender(flow[`${way}_address`]!)) continue;
      for (const name of Object.keys(sums) as SideFigure[]) sums[name] += Number(record[`${way}_${name}`]);
    }
  }
  return sums;
}

/** Sum of a column of tcpct that has no direction. */
export function connections(logs: LogRecords, probe: string, column: string): number {
  return counted(logs, probe).reduce((sum, { record }) => sum + Number(record[column]), 0);
}

function counted(logs: LogRecords, probe: string): { record: LogRecord; flow: LogRecord }[] {
  const flows = new Map(
    logs
      .of("flow")
      .flatMap((flow) =>
        flow.probe === probe && flow.class === "tuples" ? [[`${flow.run} ${flow.flow_id}`, flow]] : [],
      ),
  );
  return logs.of("tcpct").flatMap((record) => {
    const flow = record.probe === probe ? flows.get(`${record.run} ${record.flow_id}`) : undefined;
    return flow === undefined ? [] : [{ record, flow }];
  });
}
