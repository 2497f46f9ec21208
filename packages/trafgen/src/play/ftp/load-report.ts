import type { FtpgenOptions } from "../../ftpgen-options.ts";
import { amountText, rateText } from "../../plan/amount-text.ts";
import type { LoadSummary, LoadTransfer } from "./ftp-load.ts";
import type { LocalFile } from "./local-file.ts";

/** What ftpgen tells people, or with `--json` other programs: what it is about to do, each transfer, and the sum. */
export class LoadReport {
  readonly #options: FtpgenOptions;
  readonly #file: LocalFile | null;
  readonly #address: string;
  readonly #print: (text: string) => void;

  constructor(options: FtpgenOptions, file: LocalFile | null, address: string, print: (text: string) => void) {
    this.#options = options;
    this.#file = file;
    this.#address = address;
    this.#print = print;
  }

  begin(): void {
    if (this.#options.json) return;
    const { host, user, port, direction, mode, connections, repeat, remote, file } = this.#options;
    const where = host === this.#address ? host : `${host} (${this.#address})`;
    const what =
      this.#file === null
        ? `downloading ${remote} from`
        : `uploading ${file} (${amountText(this.#file.bytes)} bytes) as ${remote} to`;
    this.#print(
      `${what} ${where} port ${port} as ${user}, ${mode}: ${amountText(connections)} connections at the same time, ` +
        `${amountText(repeat)} ${direction} each\n`,
    );
  }

  add({ connection, number, path, result, trouble }: LoadTransfer): void {
    const { json, direction } = this.#options;
    const bytes = result?.row.bytes ?? 0;
    const seconds = result?.seconds ?? 0;
    const bitsPerS = seconds > 0 ? (bytes * 8) / seconds : 0;
    if (json) {
      const outcome = result?.row.outcome ?? "not begun";
      const replyCode = result?.row.replyCode ?? null;
      this.#line({
        event: "transfer",
        connection,
        number,
        direction,
        path,
        bytes,
        seconds,
        bitsPerS,
        outcome,
        replyCode,
        trouble,
      });
      return;
    }
    const head = `${connection}/${number} ${direction} ${path}:`;
    this.#print(
      trouble === null
        ? `${head} ${amountText(bytes)} bytes in ${seconds.toFixed(3)} s, ${rateText(bitsPerS)}\n`
        : `${head} failed after ${amountText(bytes)} bytes: ${trouble}\n`,
    );
  }

  end(summary: LoadSummary): void {
    const { planned, complete, failed, aborted, bytes, seconds } = summary;
    const bitsPerS = seconds > 0 ? (bytes * 8) / seconds : 0;
    if (this.#options.json) {
      this.#line({ event: "summary", ...summary, bitsPerS });
      return;
    }
    const stopped = aborted > 0 ? `, ${amountText(aborted)} not done` : "";
    this.#print(
      `${amountText(planned)} transfers: ${amountText(complete)} complete, ${amountText(failed)} failed${stopped}; ` +
        `${amountText(bytes)} bytes in ${seconds.toFixed(3)} s, ${rateText(bitsPerS)} in all\n`,
    );
    if (this.#options.ledger !== null) this.#print(`ledger ${this.#options.ledger}\n`);
  }

  #line(fields: Readonly<Record<string, unknown>>): void {
    this.#print(`${JSON.stringify(fields)}\n`);
  }
}
