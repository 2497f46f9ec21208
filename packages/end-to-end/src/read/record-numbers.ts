import type { LogRecord } from "./log-records.ts";

/** Where records of one type do not count 1, 2, 3 ... within a run: `probe run: number after number`, one each. */
export function brokenNumbering(records: readonly LogRecord[]): string[] {
  const last = new Map<string, number>();
  const broken: string[] = [];
  for (const { probe, run, record_no } of records) {
    const key = `${probe} ${run}`;
    const before = last.get(key) ?? 0;
    const number = Number(record_no);
    if (number !== before + 1) broken.push(`${key}: ${number} after ${before}`);
    last.set(key, number);
  }
  return broken;
}
