import type { LogRecord, LogRecords } from "../../read/log-records.ts";
import type { SocketFigures } from "../network/socket-figures.ts";
import type { SceneTruth } from "../truth-scene.ts";
import { probeName } from "../truth-settings.ts";
import type { TruthRow } from "../truth-table.ts";
import { agreement } from "./agreement.ts";

/** What TCP_INFO says a socket sent, and the column of tcpcx that says the same at the tap next to it. */
const COMPARED = [
  ["payload bytes sent: bytes_sent", "bytesSent", "payload_bytes"],
  ["payload bytes sent again: bytes_retrans", "bytesRetransmitted", "retransmitted_bytes"],
  ["segments sent again: retrans", "segmentsRetransmitted", "retransmitted_segments"],
] as const;

/** Connection by connection: the sockets' own figures against connection records. */
export function socketRows(truth: SceneTruth, logs: LogRecords): TruthRow[] {
  const scene = truth.script.name;
  return [
    ...side(scene, "near", "client", truth.clientSockets, logs),
    ...side(scene, "far", "server", truth.serverSockets, logs),
  ];
}

function side(
  scene: string,
  tap: "near" | "far",
  host: string,
  sockets: readonly SocketFigures[],
  logs: LogRecords,
): TruthRow[] {
  const records = logs.of("tcpcx").filter(({ probe }) => probe === probeName(scene, tap));
  return COMPARED.flatMap(([what, figure, column]) =>
    agreement({
      ...{ scene, at: tap, what: `${host} sockets, ${what}` },
      expected: new Map(sockets.map((socket) => [socket.tuple, socket[figure]])),
      measured: new Map(sockets.map(({ tuple }) => [tuple, sentIn(records, tuple, column)])),
    }),
  );
}

/** A column added up over the records of a connection (there are tails), in the direction of a sender. */
function sentIn(records: readonly LogRecord[], tuple: string, column: string): number {
  let sum = 0;
  for (const record of records) {
    const fwd = `${record.fwd_address} ${record.fwd_port}`;
    const rev = `${record.rev_address} ${record.rev_port}`;
    if (tuple === `${fwd} ${rev}`) sum += Number(record[`fwd_${column}`]);
    if (tuple === `${rev} ${fwd}`) sum += Number(record[`rev_${column}`]);
  }
  return sum;
}
