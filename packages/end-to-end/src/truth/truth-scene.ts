import type { DeviceCounters, KernelCounters } from "./network/kernel-counters.ts";
import type { Impairment } from "./network/line-plan.ts";
import type { SocketFigures } from "./network/socket-figures.ts";
import type { Tap } from "./network/truth-network.ts";
import type { BulkConnection, BulkDatagrams } from "./traffic/bulk-program.ts";
import type { ExchangeOptions } from "./traffic/exchanges.ts";

/** What is played over the network in one go, each with probes of its own. */
export interface SceneScript {
  readonly name: string;
  /** Between client and router, and between router and server; each forwards and backwards. */
  readonly lines: readonly [LineScript, LineScript];
  readonly connections: readonly BulkConnection[];
  readonly datagrams: readonly BulkDatagrams[];
  /** Clients that ask the real servers something of everything, at the same time. */
  readonly exchanges: readonly ExchangeOptions[];
}

export interface LineScript {
  readonly forward: Impairment;
  readonly backward: Impairment;
}

/** What is known of a scene that was played, from everybody but our own programs. */
export interface SceneTruth {
  readonly script: SceneScript;
  /** Folders of the ledgers of `script.exchanges`, and of ftpgen. */
  readonly exchangeLedgers: readonly string[];
  /** Folder of trafgen's ledger; null: it sent nothing. */
  readonly trafgenLedger: string | null;
  /** Folders of the lines' ledgers. */
  readonly lineLedgers: readonly [string, string];
  /** Frames over each tap's interface while its probe ran, by the interface. */
  readonly devices: Readonly<Record<Tap, DeviceCounters>>;
  /** What the kernels' counters rose by. */
  readonly client: KernelCounters;
  readonly server: KernelCounters;
  /** Sockets when everything had been transferred, before they were closed. */
  readonly clientSockets: readonly SocketFigures[];
  readonly serverSockets: readonly SocketFigures[];
  /** What the servers logged. */
  readonly receiversFolder: string;
}
