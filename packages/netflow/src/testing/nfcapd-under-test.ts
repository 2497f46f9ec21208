import { execFileSync, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { freePort } from "@trafmon/testkit";

/** A collector of NetFlow, Debian's nfcapd, that writes below a folder. */
export class NfcapdUnderTest {
  readonly #child: ReturnType<typeof spawn>;
  readonly #bind: string;
  readonly #port: number;

  private constructor(child: ReturnType<typeof spawn>, bind: string, port: number) {
    this.#child = child;
    this.#bind = bind;
    this.#port = port;
  }

  /** `bind`: 127.0.0.1 or ::1. `zone`: its TZ, which names its files. */
  static async start(folder: string, options: { bind?: string; zone?: string; args?: string[] } = {}) {
    const { bind = "127.0.0.1", zone = "UTC", args = [] } = options;
    mkdirSync(folder, { recursive: true });
    const port = await freePort(bind);
    const where = args.includes("-M") ? [] : ["-w", folder];
    const words = [...where, "-p", String(port), "-b", bind, "-t", "300", "-C", "none", ...args];
    const child = spawn("nfcapd", words, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, TZ: zone } });
    const made = new NfcapdUnderTest(child, bind, port);
    await made.#listening();
    return made;
  }

  /** Seen from the kernel: nfcapd says nothing when it is ready. */
  async #listening(): Promise<void> {
    while (this.#waitingBytes() === null) {
      if (this.#child.exitCode !== null) throw new Error(`nfcapd ended with ${this.#child.exitCode}`);
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  /** Exports a capture as softflowd sees it. Returns when all is sent. */
  softflowd(capture: string, ...args: string[]): void {
    const host = this.#bind.includes(":") ? `[${this.#bind}]:${this.#port}` : `${this.#bind}:${this.#port}`;
    execFileSync("softflowd", ["-r", capture, "-n", host, "-d", ...args], { stdio: "pipe" });
  }

  /** Sends a datagram of NetFlow. */
  async send(bytes: Uint8Array): Promise<void> {
    const socket = createSocket(this.#bind.includes(":") ? "udp6" : "udp4");
    await new Promise((done) => socket.send(bytes, this.#port, this.#bind, done));
    socket.close();
  }

  /**
   * Ends it once all that was sent has been taken from its socket and written; its file is then complete. It forgets a
   * datagram that it has taken when it is told to end, so that it must be back and wait for the next.
   */
  async stop(): Promise<void> {
    while (this.#waitingBytes() || !this.#isAsleep()) await new Promise((done) => setTimeout(done, 20));
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
  }

  /** Bytes that it has not taken from its socket yet; null: it has none. */
  #waitingBytes(): number | null {
    const port = this.#port.toString(16).toUpperCase().padStart(4, "0");
    for (const table of ["/proc/net/udp", "/proc/net/udp6"]) {
      if (!existsSync(table)) continue;
      for (const line of readFileSync(table, "utf8").split("\n").slice(1, -1)) {
        const [, local, , , queues] = line.trim().split(/\s+/);
        if (local!.endsWith(`:${port}`)) return Number.parseInt(queues!.split(":")[1]!, 16);
      }
    }
    return null;
  }

  #isAsleep(): boolean {
    const { pid, exitCode } = this.#child;
    // The state follows the name, which is in brackets.
    return exitCode !== null || / S /.test(readFileSync(`/proc/${pid}/stat`, "utf8").split(")").at(-1)!.slice(0, 3));
  }
}
