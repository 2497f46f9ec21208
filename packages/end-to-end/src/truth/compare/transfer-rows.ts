import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LedgerRow } from "@trafmon/trafgen";
import type { LogRecords } from "../../read/log-records.ts";
import type { TruthRow } from "../truth-table.ts";
import { agreement } from "./agreement.ts";
import { fieldText, itemLines } from "./item-lines.ts";

/** What a ledger and `ftptf` say of a transfer in the same words. */
const FIELDS = [
  ...["client", "client_port", "server", "server_port", "user", "command", "path", "mode", "data_address", "data_port"],
  ...["restart_offset", "bytes", "outcome", "reply_code"],
];

/** The client's own account of its transfers against a probe. */
export function transferRows(
  scene: string,
  at: string,
  ledger: readonly LedgerRow[],
  logs: LogRecords,
  probe: string,
): TruthRow[] {
  const records = logs.of("ftptf").filter((record) => record.probe === probe);
  return agreement({
    ...{ scene, at, what: "FTP transfers" },
    expected: itemLines(ledger, (row) => fieldText(row, FIELDS)),
    measured: itemLines(records, (record) => fieldText(record, FIELDS)),
  });
}

/** What vsftpd logged of sessions, logins and transfers against a probe's records and counters. */
export function ftpServerRows(
  scene: string,
  at: string,
  receiversFolder: string,
  logs: LogRecords,
  probe: string,
): TruthRow[] {
  const log = (name: string) =>
    readFileSync(join(receiversFolder, "log", name), "utf8")
      .split("\n")
      .filter((line) => line !== "");
  const session = log("vsftpd.log");
  const counters = logs.of("ftpct").filter((record) => record.probe === probe);
  const row = (what: string, expected: number, column: string): TruthRow => ({
    ...{ scene, at, what: `FTP ${what}: vsftpd's log`, expected },
    measured: counters.reduce((sum, record) => sum + Number(record[column]), 0),
  });
  const transfers = log("xferlog").map(transferOf);
  const complete = logs
    .of("ftptf")
    .filter((record) => record.probe === probe && /^(RETR|STOR|APPE|STOU)$/.test(record.command!));
  return [
    row("sessions", session.filter((line) => /\] CONNECT: /.test(line)).length, "sessions_opened"),
    row("logins accepted", session.filter((line) => /\] OK LOGIN: /.test(line)).length, "logins_accepted"),
    row("logins refused", session.filter((line) => /\] FAIL LOGIN: /.test(line)).length, "logins_refused"),
    ...agreement({
      ...{ scene, at, what: "FTP transfers completed: vsftpd's xferlog" },
      expected: itemLines(
        transfers.filter(({ isComplete }) => isComplete),
        ({ line }) => line,
      ),
      measured: itemLines(
        complete.filter(({ outcome }) => outcome === "complete"),
        (record) => `${record.client} ${record.command === "RETR" ? "o" : "i"} ${record.bytes} ${record.user}`,
      ),
    }),
  ];
}

/** A line of wu-ftpd's xferlog (xferlog(5)): five words of time, seconds, host, size, file, and eight words. */
function transferOf(line: string): { line: string; isComplete: boolean } {
  const words = line.split(/\s+/);
  const [host, bytes] = [words[6]!, words[7]!];
  const [direction, , user] = words.slice(-7);
  return { line: `${host.replace(/^::ffff:/, "")} ${direction} ${bytes} ${user}`, isComplete: words.at(-1) === "c" };
}
