import { type DataPdu, readDataPdu, specialPdus } from "@trafmon/observation";

/** A PDU on its way: as the spool keeps it and the senders seal it. */
export interface OutgoingPdu {
  /** First sequence it stands for. */
  readonly sequence: number;
  /** Sequences it stands for: 1, or more for a gap notice. */
  readonly span: number;
  readonly type: number;
  readonly recordCount: number;
  /** What datagrams carry sealed (DataPdu). */
  readonly bytes: Buffer;
}

/** Takes sealed PDUs in order of sequence. */
export interface PduOutlet {
  take(pdu: OutgoingPdu): void;
}

/** @throws {MalformedError} when a spool file does not hold what was written */
export function outgoingPdu(bytes: Buffer): OutgoingPdu {
  const pdu: DataPdu = readDataPdu(bytes);
  const span = pdu.type === specialPdus.gap ? Math.max(1, pdu.recordCount) : 1;
  return { sequence: pdu.sequence, span, type: pdu.type, recordCount: pdu.recordCount, bytes };
}
