import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Instant } from "@trafmon/runtime";
import { trafgenError } from "../errors.ts";
import { FlowSums } from "./flow-sums.ts";
import { FLOW_COLUMNS, type FlowKey, FlowTable } from "./flow-table.ts";
import { instantText } from "./instant-text.ts";
import { CONNECTION_COLUMNS, SIDE_NAMES, TRANSACTION_COLUMNS, TRANSFER_COLUMNS } from "./ledger-columns.ts";
import type { ConnectionRow, TransactionRow, TransferRow, Verdict } from "./ledger-row.ts";
import { FATE, FATE_NAMES, KIND_NAMES, type PacketFate, type PacketKind } from "./packet-kind.ts";
import { TableFile } from "./table-file.ts";

export interface LedgerOptions {
  /** Made if missing; refused when a ledger is in it. */
  readonly folder: string;
  /** Moment 0 of the run: every `...Ns` given later counts from here. */
  readonly start: Instant;
}

/** Place number of what was sent, where hops of a path count from 1. */
const SENDER = 0;

const KIND_BYTES = KIND_NAMES.map((name) => Buffer.from(name));
const FATE_BYTES = FATE_NAMES.map((name) => Buffer.from(name));

const PACKET_COLUMNS = [
  "packet",
  "instant_ns",
  "stream",
  "number",
  ...FLOW_COLUMNS,
  "bytes",
  "payload_bytes",
  "kind",
  "fate",
];
const FLOW_SUM_COLUMNS = ["hop", ...FLOW_COLUMNS, "packets", "bytes", "payload_bytes", "first_ns", "last_ns"];
const VERDICT_COLUMNS = ["packet", "from_hop", "to_hop", "verdict", "seen_ns", "delay_ns", "from_seen", "to_seen"];

/**
 * What a generator did, written down so that a monitor can be held against it: a folder of tab-separated files and a
 * summary. README.md names every column. Files without lines have their header.
 *
 * Writing is synchronous and buffered; nothing is kept but sums per flow. A disk that is full throws.
 */
export class Ledger {
  readonly folder: string;
  readonly start: Instant;
  readonly #flows = new FlowTable();
  /** By place: what was sent, then what each hop saw. */
  readonly #sums: FlowSums[] = [new FlowSums()];
  readonly #packets: TableFile;
  readonly #transactions: TableFile;
  readonly #transfers: TableFile;
  readonly #connections: TableFile;
  readonly #verdicts: TableFile;
  #isClosed = false;

  /** @throws {CodedError} TRAFGEN_LEDGER_EXISTS, TRAFGEN_LEDGER_UNWRITABLE */
  constructor({ folder, start }: LedgerOptions) {
    this.folder = folder;
    this.start = start;
    if (existsSync(join(folder, "packets.tsv")))
      throw trafgenError("TRAFGEN_LEDGER_EXISTS", `cannot write the ledger ${folder}: there is one already`);
    try {
      mkdirSync(folder, { recursive: true });
      const table = (name: string, columns: readonly string[]) => new TableFile(join(folder, `${name}.tsv`), columns);
      this.#packets = table("packets", PACKET_COLUMNS);
      this.#transactions = table("transactions", TRANSACTION_COLUMNS);
      this.#transfers = table("transfers", TRANSFER_COLUMNS);
      this.#connections = table("connections", CONNECTION_COLUMNS);
      this.#verdicts = table("verdicts", VERDICT_COLUMNS);
    } catch (cause) {
      const message = `cannot write the ledger ${folder}: ${(cause as Error).message}`;
      throw trafgenError("TRAFGEN_LEDGER_UNWRITABLE", message, cause);
    }
  }

  /** Packets written down so far. */
  get packets(): number {
    return this.#packets.lines;
  }

  /** The number to give to `packet` for packets of this flow. */
  flow(key: FlowKey): number {
    return this.#flows.number(key);
  }

  /**
   * One packet. Its bytes count in the flow when it was sent.
   * @param flow what `flow()` gave
   * @param stream from 1, in the order of the scenario; 0: none
   * @param number of the packet within the stream
   * @returns the packet's number, from 1, over the whole ledger
   */
  packet(
    atNs: number,
    flow: number,
    stream: number,
    number: number,
    ipBytes: number,
    payloadBytes: number,
    kind: PacketKind,
    fate: PacketFate = FATE.SENT,
  ): number {
    const file = this.#packets;
    const packet = file.lines + 1;
    file.integer(packet);
    this.#instant(file, atNs);
    file.integer(stream).integer(number).raw(this.#flows.columns[flow]!).integer(ipBytes).integer(payloadBytes);
    file.raw(KIND_BYTES[kind]!).raw(FATE_BYTES[fate]!).endLine();
    if (fate === FATE.SENT) this.#sums[SENDER]!.add(flow, atNs, ipBytes, payloadBytes);
    return packet;
  }

  /** A copy of a packet that passed a hop of the path, numbered from 1. */
  seen(hop: number, flow: number, atNs: number, ipBytes: number, payloadBytes: number): void {
    while (this.#sums.length <= hop) this.#sums.push(new FlowSums());
    this.#sums[hop]!.add(flow, atNs, ipBytes, payloadBytes);
  }

  /**
   * What two hops say of a packet together.
   * @param seenNs at `fromHop`, or at `toHop` when `fromHop` missed it
   * @param delayNs null unless both saw it; may be negative where clocks differ
   * @param fromSeen how many copies of it each hop saw, the packet itself included
   */
  verdict(
    packet: number,
    fromHop: number,
    toHop: number,
    verdict: Verdict,
    seenNs: number,
    delayNs: number | null,
    fromSeen = verdict === "missed" ? 0 : 1,
    toSeen = verdict === "lost" ? 0 : 1,
  ): void {
    const file = this.#verdicts;
    file.integer(packet).integer(fromHop).integer(toHop).text(verdict);
    this.#instant(file, seenNs);
    file.integer(delayNs).integer(fromSeen).integer(toSeen).endLine();
  }

  transaction(row: TransactionRow): void {
    const file = this.#transactions;
    file.text(row.protocol).text(row.client).integer(row.clientPort).text(row.server).integer(row.serverPort);
    file.text(row.identifier);
    this.#instant(file, row.requestedNs);
    this.#instant(file, row.lastRequestedNs);
    this.#instant(file, row.repliedNs);
    file.text(row.outcome).integer(row.repeats).integer(row.duplicateReplies);
    file
      .text(row.operation)
      .text(row.status)
      .text(row.name ?? null)
      .text(row.object ?? null)
      .text(row.version ?? null);
    file
      .integer(row.requestBytes ?? null)
      .integer(row.replyBytes ?? null)
      .endLine();
  }

  transfer(row: TransferRow): void {
    const file = this.#transfers;
    file.text(row.client).integer(row.clientPort).text(row.server).integer(row.serverPort);
    file.text(row.user).text(row.command).text(row.path).text(row.mode).text(row.dataAddress).integer(row.dataPort);
    file.integer(row.bytes).text(row.outcome).integer(row.replyCode);
    for (const atNs of [row.commandNs, row.dataConnectionNs, row.firstByteNs, row.lastByteNs, row.replyNs])
      this.#instant(file, atNs);
    file.integer(row.restartOffset ?? 0).endLine();
  }

  connection(row: ConnectionRow): void {
    const file = this.#connections;
    file.integer(row.hop ?? 0);
    file.text(row.client).integer(row.clientPort).text(row.server).integer(row.serverPort);
    this.#instant(file, row.startNs);
    this.#instant(file, row.endNs);
    file.text(row.ending).integer(row.serverHandshakeNs).integer(row.clientHandshakeNs);
    for (const side of [row.fwd, row.rev]) for (const name of SIDE_NAMES) file.integer(side[name] ?? null);
    file.endLine();
  }

  /** Writes flows and summary. What the caller adds to the summary stands in `summary.json` beside the counts. */
  close(summary: Readonly<Record<string, unknown>> = {}): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const flows = new TableFile(join(this.folder, "flows.tsv"), FLOW_SUM_COLUMNS);
    this.#sums.forEach((sums, place) => {
      sums.write(flows, place, this.#flows, (file, atNs) => this.#instant(file, atNs));
    });
    const files = {
      packets: this.#packets,
      flows,
      transactions: this.#transactions,
      transfers: this.#transfers,
      connections: this.#connections,
      verdicts: this.#verdicts,
    };
    const lines: Record<string, number> = {};
    for (const [name, file] of Object.entries(files)) {
      file.close();
      lines[name] = file.lines;
    }
    const text = JSON.stringify({ start: instantText(this.start), lines, ...summary }, null, 2);
    writeFileSync(join(this.folder, "summary.json"), `${text}\n`);
  }

  /** Writes an instant of the run as nanoseconds since the epoch. */
  #instant(file: TableFile, atNs: number | null): void {
    if (atNs === null) {
      file.integer(null);
      return;
    }
    const nanos = this.start.nanos + atNs;
    const seconds = Math.floor(nanos / 1e9);
    file.instant(this.start.s + seconds, nanos - seconds * 1e9);
  }
}
