import { type ObservationSink, observationTypes, type RecordOf, type RecordWriter } from "@trafmon/observation";
import type { Endpoint } from "../../reassemble/stream-protocol.ts";
import { nanosBetween } from "../tcp/connection-record.ts";
import type { DataSent } from "./data-connection.ts";
import { type FtpTransfer, isUpload, outcomeOf } from "./ftp-transfer.ts";

/** The session a transfer belongs to. */
export interface TransferOrigin {
  readonly flowId: number;
  readonly sessionId: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
}

/** Writes `ftptf` records. */
export class FtpTransfers {
  readonly #writer: RecordWriter<typeof observationTypes.ftptf>;

  constructor(sink: ObservationSink) {
    this.#writer = sink.writerOf(observationTypes.ftptf);
  }

  write({ flowId, sessionId, client, server }: TransferOrigin, transfer: FtpTransfer): void {
    const { offer } = transfer;
    const connection = offer?.connection ?? null;
    // What the sending side sends: the server's host when the client fetches.
    const isFromListener = offer !== null && offer.isPassive !== isUpload(transfer.command);
    const sent = connection === null ? null : isFromListener ? connection.fromListener : connection.fromPeer;
    this.#writer.write({
      flow_id: flowId,
      session_id: sessionId,
      client: client.address,
      client_port: client.port,
      server: server.address,
      server_port: server.port,
      user: transfer.user,
      command: transfer.command,
      path: transfer.path,
      mode: offer?.mode ?? null,
      data_address: connection?.listener ?? offer?.listeners[0] ?? null,
      data_port: offer?.port ?? null,
      data_flow_id: connection?.accountFlowId ?? null,
      restart_offset: transfer.restartOffset,
      commanded_s: transfer.commanded.s,
      commanded_nanos: transfer.commanded.nanos,
      connected_s: connection?.connected.s ?? null,
      connected_nanos: connection?.connected.nanos ?? null,
      first_payload_s: sent?.first?.s ?? null,
      first_payload_nanos: sent?.first?.nanos ?? null,
      last_payload_s: sent?.last?.s ?? null,
      last_payload_nanos: sent?.last?.nanos ?? null,
      replied_s: transfer.replied?.s ?? null,
      replied_nanos: transfer.replied?.nanos ?? null,
      reply_code: transfer.replyCode,
      bytes: sent?.bytes ?? 0,
      throughput_bits_per_s: sent === null ? null : throughput(sent),
      outcome: outcomeOf(transfer),
    } satisfies RecordOf<typeof observationTypes.ftptf>);
  }
}

/** Bits a second between the first and the last payload; null: there was no time between them. */
function throughput({ bytes, first, last }: DataSent): number | null {
  if (first === null || last === null) return null;
  const ns = nanosBetween(first.s, first.nanos, last.s, last.nanos);
  return ns > 0 ? Math.round((8e9 * bytes) / ns) : null;
}
