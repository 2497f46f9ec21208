import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { LineOptions, LineTotals } from "./impaired-line.ts";
import type { Namespace } from "./namespace.ts";

export interface LedgerLine extends LineOptions {
  /** Folder of its ledger, to be made. */
  readonly ledger: string;
}

const PROGRAM = fileURLToPath(new URL("../../../dist/truth/network/line-program.js", import.meta.url));

/** The program that carries packets over impaired lines, in the lab. */
export class LineProcess {
  readonly #child: ChildProcess;
  #said = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.#said += text;
    });
  }

  static async start(lab: Namespace, lines: readonly LedgerLine[]): Promise<LineProcess> {
    const child = lab.start(process.execPath, [PROGRAM, JSON.stringify(lines)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const made = new LineProcess(child);
    await Promise.race([
      once(child.stdout!, "data"),
      once(child, "exit").then(([code]) => Promise.reject(new Error(`the impaired line ended with ${code}`))),
    ]);
    return made;
  }

  /** Ends it, with everything sent and its ledgers written. */
  async stop(): Promise<readonly LineTotals[]> {
    if (this.#child.exitCode !== null)
      throw new Error(`the impaired line ended by itself with ${this.#child.exitCode}`);
    const closed = once(this.#child, "close");
    this.#child.kill("SIGTERM");
    await closed;
    return JSON.parse(this.#said.trim().split("\n").at(-1)!);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
