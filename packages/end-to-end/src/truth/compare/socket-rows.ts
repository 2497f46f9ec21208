import type { LogRecord, LogRecords } from "../../read/log-records.ts";
import type { SocketFigures } from "../network/socket-figures.ts";
import type { SceneTruth } from "../truth-scene.ts";
import { probeName } from "../truth-settings.ts";
import type { TruthRow } from "../truth-table.ts";
import { agreement } from "./agreement.ts";

/** What TCP_INFO says a socket sent, and what tcpcx says of it at the tap next to it. */
const COMPARED: readonly (readonly [what: string, figure: keyof SocketFigures, of: (sent: Sent) => number])[] = [
  ["payload bytes sent: bytes_sent", "bytesSent", (sent) => sent("payload_bytes")],
  ["payload bytes sent again: bytes_retrans", "bytesRetransmitted", (sent) => sent("retransmitted_bytes")],
  // A SYN or SYN-ACK sent again is one of them; the sockets have sent no FIN yet.
  [
    "segments sent again, SYN too: retrans",
    "segmentsRetransmitted",
    (sent) => sent("retransmitted_segments") + sent("syn") - 1,
  ],
];

/** A column of tcpcx, added up over the records of a connection in the direction of a sender. */
type Sent = (column: string) => number;

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
  return COMPARED.flatMap(([what, figure, of]) =>
    agreement({
      ...{ scene, at: tap, what: `${host} sockets, ${what}` },
      expected: new Map(sockets.map((socket) => [socket.tuple, Number(socket[figure])])),
      measured: new Map(sockets.map(({ tuple }) => [tuple, of((column) => sentIn(records, tuple, column))])),
    }),
  );
}

/** There may be several records: tails. */
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
