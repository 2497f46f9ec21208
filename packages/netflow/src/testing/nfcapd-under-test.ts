import { execFileSync, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync } from "node:fs";

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
    for (;;) {
      if (this.#child.exitCode !== null) throw new Error(`nfcapd ended with ${this.#child.exitCode}`);
      const table = execFileSync("cat", ["/proc/net/udp", "/proc/net/udp6"]).toString();
      if (table.includes(`:${this.#port.toString(16).toUpperCase().padStart(4, "0")} `)) return;
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

  /** Ends it once all that was sent has been taken from its socket; its file is then complete. */
  async stop(): Promise<void> {
    const port = this.#port.toString(16).toUpperCase().padStart(4, "0");
    for (;;) {
      const table = execFileSync("cat", ["/proc/net/udp", "/proc/net/udp6"]).toString();
      const line = table.split("\n").find((each) => each.includes(`:${port} `));
      if (line === undefined || /:00000000 /.test(line.trim().split(/\s+/)[4]!.concat(" "))) break;
      await new Promise((done) => setTimeout(done, 20));
    }
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
  }
}

async function freePort(bind: string): Promise<number> {
  const socket = createSocket(bind.includes(":") ? "udp6" : "udp4");
  await new Promise<void>((done) => socket.bind(0, bind, done));
  const { port } = socket.address();
  await new Promise<void>((done) => socket.close(done));
  return port;
}
