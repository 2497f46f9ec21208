import type { LedgerRow } from "@trafmon/trafgen";
import type { LogRecord, LogRecords } from "../../read/log-records.ts";
import type { TruthRow } from "../truth-table.ts";
import { agreement } from "./agreement.ts";
import { fieldText, itemLines } from "./item-lines.ts";

/** What a ledger and `trans` say of a transaction in the same words. */
const FIELDS = [
  ...["client", "client_port", "server", "server_port", "identifier", "outcome"],
  ...["operation", "name", "object", "status", "version", "request_bytes", "reply_bytes"],
];

/** Columns of `twoway` that add up, and what a ledger says of them. */
const SUMS: readonly (readonly [column: string, of: (row: LedgerRow) => number])[] = [
  ["requests", () => 1],
  ["replied", ({ outcome }) => (outcome === "replied" ? 1 : 0)],
  ["unanswered", ({ outcome }) => (outcome === "replied" ? 0 : 1)],
  ["late", ({ outcome }) => (outcome === "late" ? 1 : 0)],
  ["repeats", ({ repeats }) => Number(repeats)],
  ["duplicate_replies", ({ duplicate_replies }) => Number(duplicate_replies)],
];

/** The client's own account of its requests against a probe beside it. */
export function transactionRows(
  scene: string,
  at: string,
  ledger: readonly LedgerRow[],
  logs: LogRecords,
  probe: string,
  copiesMade: number,
): TruthRow[] {
  const rows: TruthRow[] = [];
  for (const protocol of new Set(ledger.map((row) => row.protocol!))) {
    const asked = ledger.filter((row) => row.protocol === protocol);
    const records = logs.of("trans").filter((record) => record.probe === probe && record.protocol === protocol);
    const known = FIELDS.filter((field) => asked.some((row) => (row[field] ?? null) !== null));
    rows.push(
      ...agreement({
        ...{ scene, at, what: `${protocol} transactions` },
        expected: itemLines(asked, (row) => fieldText(row, known)),
        measured: itemLines(records, (record) => fieldText(record, known)),
      }),
      {
        scene,
        at,
        what: `${protocol} replies slower than for the client itself`,
        expected: 0,
        measured: slower(asked, records),
      },
    );
    const counters = logs.of("twoway").filter((record) => record.probe === probe && record.protocol === protocol);
    for (const [column, of] of SUMS)
      rows.push({
        ...(column === "duplicate_replies" &&
          copiesMade > 0 && {
            bound: {
              most: copiesMade,
              reason: "copies made on the way: the client has a reply twice, the probe a frame",
            },
          }),
        ...{ scene, at, what: `${protocol} ${column.replaceAll("_", " ")} in twoway` },
        expected: asked.reduce((sum, row) => sum + of(row), 0),
        measured: counters.reduce((sum, record) => sum + Number(record[column]), 0),
      });
  }
  return rows;
}

/** A tap on the way sees a request later than its sender, and a reply sooner than its receiver. */
function slower(asked: readonly LedgerRow[], records: readonly LogRecord[]): number {
  const key = (item: LedgerRow | LogRecord) => fieldText(item, ["client", "client_port", "server", "identifier"]);
  const delays = new Map(
    asked.flatMap((row) =>
      row.replied_ns == null ? [] : [[key(row), Number(BigInt(row.replied_ns) - BigInt(row.requested_ns!))]],
    ),
  );
  return records.filter((record) => Number(record.delay_ns) > (delays.get(key(record)) ?? Number.POSITIVE_INFINITY))
    .length;
}
