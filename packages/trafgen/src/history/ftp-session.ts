import { blankRecord, observationTypes } from "@trafmon/observation";
import type { Random } from "../craft/random.ts";
import type { FaultCalendar } from "./faults.ts";
import { type FlowOf, TCP } from "./flow-book.ts";
import type { HistoryLogs } from "./history-logs.ts";
import type { HistoryTruth } from "./history-truth.ts";
import { IntervalSums } from "./interval-sums.ts";
import type { PacketCounts } from "./packet-counts.ts";
import { instantOf, sharesOf } from "./span.ts";
import type { TcpTelling } from "./tcp-session.ts";

const FTP_PORT = 21;
const FIRST_DATA_PORT = 40_000;

/** A session in which one file is fetched or brought. Seconds since the epoch. */
export interface FtpSession {
  readonly flow: Omit<FlowOf, "protocol" | "service">;
  readonly clientPort: number;
  readonly startS: number;
  readonly user: string;
  readonly path: string;
  readonly isUpload: boolean;
  readonly fileBytes: number;
  readonly roundTripS: number;
  /** What the path carries, bits a second. */
  readonly bitsPerS: number;
}

/** Tells FTP sessions: control connection, data connection, and the transfer. */
export class FtpTelling {
  readonly #random: Random;
  readonly #logs: HistoryLogs;
  readonly #truth: HistoryTruth;
  readonly #counts: PacketCounts;
  readonly #tcp: TcpTelling;
  readonly #faults: FaultCalendar;
  readonly #intervalS: number;
  readonly #sums: IntervalSums<typeof observationTypes.ftpct>;
  #nextSession = 1;
  #nextDataPort = FIRST_DATA_PORT;

  constructor(parts: {
    random: Random;
    logs: HistoryLogs;
    truth: HistoryTruth;
    counts: PacketCounts;
    tcp: TcpTelling;
    faults: FaultCalendar;
    intervalS: number;
  }) {
    this.#random = parts.random;
    this.#logs = parts.logs;
    this.#truth = parts.truth;
    this.#counts = parts.counts;
    this.#tcp = parts.tcp;
    this.#faults = parts.faults;
    this.#intervalS = parts.intervalS;
    this.#sums = new IntervalSums(observationTypes.ftpct, parts.intervalS);
  }

  write(): void {
    this.#sums.write(this.#logs);
  }

  tell(session: FtpSession): void {
    const { startS, roundTripS } = session;
    const { client, server } = session.flow;
    const conditions = this.#faults.between(client, server, startS);
    const flow = { ...session.flow, service: "ftp" };
    const isFull = session.isUpload && this.#faults.isOn("server full", startS);
    const isAborted = !isFull && this.#random.isLikely(0.01);
    const bytes = isFull ? 0 : Math.round(session.fileBytes * (isAborted ? this.#random.fraction() : 1));
    const rate = session.bitsPerS / (conditions.slowness * (1 + 60 * conditions.loss));
    const dataS = Math.max(0.002, (bytes * 8) / rate);
    const commandedS = startS + 8 * roundTripS;
    const endS = commandedS + dataS + 4 * roundTripS;
    const controlId = this.#tcp.tell(
      {
        flow,
        clientPort: session.clientPort,
        serverPort: FTP_PORT,
        startS,
        durationS: endS - startS,
        fwdPayload: 110 + session.path.length,
        revPayload: 480,
        roundTripS,
      },
      conditions,
    );
    if (conditions.isCut) return;
    const opened = this.#sums.of(controlId, this.#intervalOf(startS));
    opened.sessions_opened++;
    opened.logins_accepted++;
    this.#sums.of(controlId, this.#intervalOf(commandedS)).transfers_started++;
    const outcome = isFull ? "failed" : isAborted ? "aborted" : "complete";
    const ended = this.#sums.of(controlId, this.#intervalOf(endS));
    if (outcome === "complete") ended.transfers_completed++;
    else if (outcome === "failed") ended.transfers_failed++;
    else ended.transfers_aborted++;
    const data = isFull ? null : this.#tellData(session, controlId, commandedS + 2 * roundTripS, dataS, bytes);
    this.#writeTransfer(session, controlId, { outcome, bytes, commandedS, endS, dataS, data });
    this.#truth.addTransfer(outcome, bytes);
  }

  #tellData(session: FtpSession, controlId: number, startS: number, dataS: number, bytes: number) {
    const port = this.#nextDataPort++;
    if (this.#nextDataPort === 50_000) this.#nextDataPort = FIRST_DATA_PORT;
    const clientPort = 32_768 + this.#random.below(28_000);
    const { client, server } = session.flow;
    const flow = { client, server, service: null, ports: [clientPort, port] as const };
    const usual = { isCut: false, loss: this.#faults.between(client, server, startS).loss, slowness: 1 };
    const fwdPayload = session.isUpload ? bytes : 0;
    const revPayload = session.isUpload ? 0 : bytes;
    const flowId = this.#tcp.tell(
      {
        flow,
        clientPort,
        serverPort: port,
        startS,
        durationS: dataS,
        fwdPayload,
        revPayload,
        roundTripS: session.roundTripS,
      },
      usual,
    );
    for (const share of sharesOf(startS, startS + dataS, this.#intervalS)) {
      const part = Math.floor(bytes * share.until) - Math.floor(bytes * share.from);
      const sum = this.#sums.of(controlId, share.intervalStartS);
      if (session.isUpload) sum.fwd_bytes += part;
      else sum.rev_bytes += part;
    }
    // The control connection's flow goes on as long as its data does.
    this.#counts.flows.idOf({ ...session.flow, service: "ftp", protocol: TCP }, startS + dataS);
    return { flowId, port, startS };
  }

  #writeTransfer(
    session: FtpSession,
    controlId: number,
    told: {
      outcome: "complete" | "failed" | "aborted";
      bytes: number;
      commandedS: number;
      endS: number;
      dataS: number;
      data: { flowId: number; port: number; startS: number } | null;
    },
  ): void {
    const { client, server } = session.flow;
    const commanded = instantOf(told.commandedS);
    const replied = instantOf(told.endS);
    const record = blankRecord(observationTypes.ftptf);
    const { data } = told;
    if (data !== null) {
      const connected = instantOf(data.startS);
      const first = instantOf(data.startS + 2 * session.roundTripS);
      const last = instantOf(data.startS + Math.max(told.dataS, 3 * session.roundTripS));
      Object.assign(record, {
        data_address: server.address,
        data_port: data.port,
        data_flow_id: data.flowId,
        connected_s: connected.s,
        connected_nanos: connected.nanos,
        first_payload_s: first.s,
        first_payload_nanos: first.nanos,
        last_payload_s: last.s,
        last_payload_nanos: last.nanos,
        throughput_bits_per_s: Math.round((told.bytes * 8) / told.dataS),
      });
    }
    this.#logs.write(observationTypes.ftptf, {
      ...record,
      flow_id: controlId,
      session_id: this.#nextSession++,
      client: client.address,
      client_port: session.clientPort,
      server: server.address,
      server_port: FTP_PORT,
      user: session.user,
      command: session.isUpload ? "STOR" : "RETR",
      path: session.path,
      mode: server.address.length === 4 ? "PASV" : "EPSV",
      commanded_s: commanded.s,
      commanded_nanos: commanded.nanos,
      replied_s: replied.s,
      replied_nanos: replied.nanos,
      reply_code: told.outcome === "complete" ? 226 : told.outcome === "failed" ? 552 : 426,
      bytes: told.bytes,
      outcome: told.outcome,
    });
  }

  #intervalOf(atS: number): number {
    return Math.floor(atS / this.#intervalS) * this.#intervalS;
  }
}
