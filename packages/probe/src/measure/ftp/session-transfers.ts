import type { DataConnections } from "./data-connections.ts";
import type { FtpTransfer, TransferEnd } from "./ftp-transfer.ts";
import type { FtpTransfers, TransferOrigin } from "./ftp-transfers.ts";

/** Transfers that are over and whose data connection is not; beyond, the oldest is written as it stands. */
const MOST_UNSETTLED = 32;

/** How long after its reply a data connection may last. It has ended by itself before, unless its end was missed. */
const DATA_PATIENCE_S = 150;

export interface SessionTransfersParts {
  /** null: no class asks for records. */
  readonly origin: TransferOrigin | null;
  readonly data: DataConnections;
  readonly writer: FtpTransfers;
  /** How long after its end a transfer waits for its data connection to begin. */
  readonly windowS: number;
  /** The source clock. */
  readonly clock: { readonly s: number };
  /** A transfer had to be written before it was settled. */
  readonly onLoss: () => void;
}

/** The transfers of a session that are over, until both their connections have told all. */
export class SessionTransfers {
  readonly #parts: SessionTransfersParts;
  #unsettled: FtpTransfer[] = [];

  constructor(parts: SessionTransfersParts) {
    this.#parts = parts;
  }

  get isEmpty(): boolean {
    return this.#unsettled.length === 0;
  }

  /** Takes a transfer whose end the control connection has told. */
  add(transfer: FtpTransfer, end: TransferEnd): void {
    transfer.end = end;
    transfer.endedS = this.#parts.clock.s;
    this.#unsettled.push(transfer);
    if (this.#unsettled.length > MOST_UNSETTLED) {
      this.#parts.onLoss();
      this.#write(this.#unsettled.shift()!);
    }
    this.settle();
  }

  /** Writes what is settled. */
  settle(): void {
    if (this.#unsettled.length === 0) return;
    const waiting: FtpTransfer[] = [];
    for (const transfer of this.#unsettled) {
      if (this.#isSettled(transfer)) this.#write(transfer);
      else waiting.push(transfer);
    }
    this.#unsettled = waiting;
  }

  /** Writes all as it stands. */
  writeAll(): void {
    for (const transfer of this.#unsettled.splice(0)) this.#write(transfer);
  }

  #isSettled({ offer, endedS }: FtpTransfer): boolean {
    const { clock, windowS } = this.#parts;
    if (offer === null) return true;
    if (offer.connection === null) return clock.s - endedS > windowS;
    return offer.connection.isEnded || clock.s - endedS > DATA_PATIENCE_S;
  }

  #write(transfer: FtpTransfer): void {
    const { origin, data, writer } = this.#parts;
    if (origin !== null) writer.write(origin, transfer);
    if (transfer.offer !== null) data.remove(transfer.offer);
  }
}
