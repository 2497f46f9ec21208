import { setTimeout as sleep } from "node:timers/promises";
import type { Recording, Server } from "../exchange.ts";
import { FtpTrouble } from "./control-connection.ts";
import { type FtpLogin, type FtpOptions, FtpSession } from "./ftp-session.ts";
import type { TransferRequest, TransferResult } from "./ftp-transfer.ts";

export interface FtpLoadPlan {
  readonly server: Server;
  readonly login: FtpLogin;
  /** Sessions at the same time. */
  readonly connections: number;
  /** Transfers of each session, one after the other. */
  readonly transfersEach: number;
  /** `connection` and `number` from 1. */
  request(connection: number, number: number): TransferRequest;
}

/** What became of one transfer that was to be. */
export interface LoadTransfer {
  readonly connection: number;
  readonly number: number;
  readonly path: string;
  /** null: there was no session to do it in. */
  readonly result: TransferResult | null;
  readonly trouble: string | null;
}

export interface LoadSummary {
  readonly planned: number;
  readonly complete: number;
  readonly failed: number;
  /** Broken off because the run was stopped, and those that were then not begun. */
  readonly aborted: number;
  readonly bytes: number;
  /** From the first connection to the last reply. */
  readonly seconds: number;
}

/** Before a session that was refused is tried again. */
const AGAIN_MS = 1000;

/** Transfers over several sessions at once. */
export class FtpLoad {
  readonly #plan: FtpLoadPlan;
  readonly #recording: Recording;
  readonly #options: FtpOptions;
  readonly #onTransfer: (transfer: LoadTransfer) => void;
  #complete = 0;
  #failed = 0;
  #bytes = 0;

  constructor(
    plan: FtpLoadPlan,
    recording: Recording,
    options: FtpOptions,
    onTransfer: (transfer: LoadTransfer) => void = () => {},
  ) {
    this.#plan = plan;
    this.#recording = recording;
    this.#options = options;
    this.#onTransfer = onTransfer;
  }

  /** Resolves when all is done, or stopped. Refusals are in the summary. */
  async run(): Promise<LoadSummary> {
    const beganNs = this.#recording.clock.nowNs();
    const { connections, transfersEach } = this.#plan;
    await Promise.all(Array.from({ length: connections }, (_, i) => this.#session(i + 1)));
    const planned = connections * transfersEach;
    return {
      planned,
      complete: this.#complete,
      failed: this.#failed,
      aborted: planned - this.#complete - this.#failed,
      bytes: this.#bytes,
      seconds: (this.#recording.clock.nowNs() - beganNs) / 1e9,
    };
  }

  async #session(connection: number): Promise<void> {
    let session: FtpSession | null = null;
    for (let number = 1; number <= this.#plan.transfersEach && !this.#isStopping; number++) {
      const request = this.#plan.request(connection, number);
      const path = request.path ?? "";
      try {
        if (session === null || session.isClosed) session = await this.#open();
        const result: TransferResult = await session.transfer(request);
        this.#count({ connection, number, path, result, trouble: result.trouble });
      } catch (error) {
        if (!(error instanceof FtpTrouble)) throw error;
        this.#count({ connection, number, path, result: null, trouble: error.message });
        if (number < this.#plan.transfersEach) await this.#pause();
      }
    }
    await session?.close();
  }

  get #isStopping(): boolean {
    return this.#options.stopping?.aborted === true;
  }

  #open(): Promise<FtpSession> {
    const { server, login } = this.#plan;
    return FtpSession.open(server, login, this.#recording, this.#options);
  }

  async #pause(): Promise<void> {
    const { stopping } = this.#options;
    await sleep(AGAIN_MS, undefined, stopping === undefined ? {} : { signal: stopping }).catch(() => {});
  }

  #count(transfer: LoadTransfer): void {
    this.#bytes += transfer.result?.row.bytes ?? 0;
    if (transfer.trouble === null) this.#complete++;
    else if (!this.#isStopping) this.#failed++;
    this.#onTransfer(transfer);
  }
}
