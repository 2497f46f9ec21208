import type { FtpFollowing } from "./ftp-following.ts";
import type { FtpTransfer, TransferEnd } from "./ftp-transfer.ts";
import type { TransferOrigin } from "./ftp-transfers.ts";

/** Transfers that are over and whose data connection is not; beyond, the oldest is written as it stands. */
const MOST_UNSETTLED = 32;

/** How long after its reply a data connection may last. It has ended by itself before, unless its end was missed. */
const DATA_PATIENCE_S = 150;

/** The transfers of a session that are over, until both their connections have told all. */
export class SessionTransfers {
  readonly #following: FtpFollowing;
  readonly #origin: TransferOrigin | null;
  #unsettled: FtpTransfer[] = [];

  /** `origin`: null where no class asks for records. */
  constructor(following: FtpFollowing, origin: TransferOrigin | null) {
    this.#following = following;
    this.#origin = origin;
  }

  get count(): number {
    return this.#unsettled.length;
  }

  get isEmpty(): boolean {
    return this.#unsettled.length === 0;
  }

  /** Takes a transfer whose end the control connection has told. */
  add(transfer: FtpTransfer, end: TransferEnd): void {
    transfer.end = end;
    transfer.endedS = this.#following.clock.s;
    this.#unsettled.push(transfer);
    if (this.#unsettled.length > MOST_UNSETTLED) {
      this.#following.losses.transfers++;
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
    const { clock, windowS } = this.#following;
    if (offer === null) return true;
    if (offer.connection === null) return clock.s - endedS > windowS;
    return offer.connection.isEnded || clock.s - endedS > DATA_PATIENCE_S;
  }

  #write(transfer: FtpTransfer): void {
    const { data, writer, losses } = this.#following;
    if (transfer.offer?.connection === null && transfer.offer.isLookedUpInVain) losses.connections++;
    if (this.#origin !== null) writer.write(this.#origin, transfer);
    if (transfer.offer !== null) data.remove(transfer.offer);
  }
}
