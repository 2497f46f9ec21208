import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { MARK_FRAME } from "./mark-frame.ts";

export type Daemon = "ftp" | "dns" | "ntp" | "snmp" | "http";

export const NEAR4 = "10.55.0.1";
export const FAR4 = "10.55.0.2";
export const NEAR6 = "fd55::1";
export const FAR6 = "fd55::2";

/** Second addresses of the near side, to send from. */
export const OTHER4 = "10.55.0.3";
export const OTHER6 = "fd55::3";

const receivers = fileURLToPath(new URL("../../receivers/trafgen_receivers", import.meta.url));
const tools = fileURLToPath(new URL("../../../../var/tools/receivers", import.meta.url));
const DEVICE = "wire0";

/**
 * Whether real servers can be run in network namespaces: fetches their packages the first time. Says why not; on a CI
 * machine that is a failure.
 */
export function canServe(): boolean {
  const reason = whyNot();
  if (reason === null) return true;
  if (process.env.CI === "true") throw new Error(reason);
  process.stderr.write(`skipped: ${reason}\n`);
  return false;
}

function whyNot(): string | null {
  if (spawnSync("unshare", ["-n", "ip", "link", "show"]).status !== 0) return "no right to make a namespace";
  for (const program of ["tshark", "tcpdump"]) {
    if (spawnSync(program, ["--version"]).status !== 0) return `${program} is not installed`;
  }
  const unpacked = spawnSync(receivers, ["unpack", "--tools", tools], { encoding: "utf8" });
  return unpacked.status === 0 ? null : `the servers cannot be fetched: ${unpacked.stderr.trim()}`;
}

/** For tests: a near and a far namespace with a wire between them, and real servers on the far side. */
export class FarSite {
  readonly folder = mkdtempSync(join(tmpdir(), "trafgen-site-"));
  readonly #near: string;
  readonly #far: string;
  #tap: ChildProcess | null = null;
  #hasServers = false;
  readonly #children: ChildProcess[] = [];

  private constructor() {
    const name = `tg${process.pid.toString(36)}${Math.random().toString(36).slice(2, 6)}`;
    this.#near = `${name}n`;
    this.#far = `${name}f`;
    // The servers' users must get to their files.
    chmodSync(this.folder, 0o755);
  }

  /** Makes it, with the servers wanted listening, and a tap on the far end of the wire. */
  static async start(daemons: readonly Daemon[], settings: readonly string[] = []): Promise<FarSite> {
    const site = new FarSite();
    try {
      site.#wire();
      await site.#untilReached();
      await site.#startServers(daemons, settings);
      await site.#startTap();
      return site;
    } catch (error) {
      await site.stop();
      throw error;
    }
  }

  /** Runs a program in the near namespace and gives what it prints. Rejects unless it ends well. */
  async near(command: string, args: readonly string[], options: { readonly timeoutMs?: number } = {}): Promise<string> {
    const { stdout } = await promisify(execFile)("ip", ["netns", "exec", this.#near, command, ...args], {
      timeout: options.timeoutMs ?? 240_000,
      maxBuffer: 2 ** 28,
    });
    return stdout;
  }

  /** Starts a program in the near namespace. */
  spawnNear(command: string, args: readonly string[]): ChildProcess {
    return spawn("ip", ["netns", "exec", this.#near, command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  }

  /** Starts a program in the far namespace, and resolves when it says something. */
  async spawnFar(command: string, args: readonly string[]): Promise<ChildProcess> {
    const child = spawn("ip", ["netns", "exec", this.#far, command, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    this.#children.push(child);
    await new Promise<void>((resolve, reject) => {
      child.stdout!.once("data", () => resolve());
      child.once("close", (code) => reject(new Error(`${command} ended with ${code}`)));
    });
    return child;
  }

  /** Ends the tap and gives what tshark makes of it: fields of the packets that pass the filter, a line each. */
  async packets(filter: string, fields: readonly string[], ...words: readonly string[]): Promise<string[][]> {
    await this.endTap();
    const wanted = fields.flatMap((field) => ["-e", field]);
    const shaped = ["-r", this.capture, "-Y", filter, "-T", "fields", "-E", "occurrence=a", ...wanted, ...words];
    const { stdout } = await promisify(execFile)("tshark", shaped, { maxBuffer: 2 ** 28 });
    return stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => line.split("\t"));
  }

  get capture(): string {
    return join(this.folder, "far.pcap");
  }

  /** Waits until the tap has written what went over the wire. */
  async #untilTapped(): Promise<void> {
    const mark = randomBytes(16);
    await this.near("python3", ["-c", MARK_FRAME, DEVICE, mark.toString("hex")]);
    while (!readFileSync(this.capture).includes(mark)) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** A file that a server wrote. */
  served(name: string): string {
    return join(this.folder, "far", name);
  }

  async endTap(): Promise<void> {
    const tap = this.#tap;
    if (tap === null) return;
    this.#tap = null;
    // What the daemons say last, and the wire's own way to the file.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await this.#untilTapped();
    const ended = new Promise((resolve) => tap.once("close", resolve));
    tap.kill("SIGTERM");
    await ended;
  }

  async stop(): Promise<void> {
    await this.endTap();
    for (const child of this.#children) child.kill("SIGKILL");
    if (this.#hasServers) spawnSync(receivers, ["stop", "--folder", join(this.folder, "far")]);
    for (const name of [this.#near, this.#far]) spawnSync("ip", ["netns", "delete", name]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #wire(): void {
    const ip = (...words: string[]) => execFileSync("ip", words);
    for (const name of [this.#near, this.#far]) ip("netns", "add", name);
    ip("-n", this.#near, "link", "add", DEVICE, "type", "veth", "peer", "name", DEVICE, "netns", this.#far);
    const addresses = [
      [this.#near, NEAR4, OTHER4, NEAR6, OTHER6],
      [this.#far, FAR4, FAR6],
    ] as const;
    for (const [name, ...own] of addresses) {
      for (const address of own) {
        const isV6 = address.includes(":");
        ip("-n", name, "addr", "add", `${address}/${isV6 ? 64 : 24}`, "dev", DEVICE, ...(isV6 ? ["nodad"] : []));
      }
      ip("-n", name, "link", "set", "lo", "up");
      ip("-n", name, "link", "set", DEVICE, "up");
    }
  }

  /** A neighbour asked for before the wire is up at both ends is asked again a second later only: waits for refusals. */
  async #untilReached(): Promise<void> {
    for (const address of [FAR4, FAR6]) {
      const knock = `until (: <>/dev/tcp/${address}/9) 2>&1 | grep -q refused; do sleep 0.1; done`;
      await this.near("bash", ["-c", knock], { timeoutMs: 240_000 });
    }
  }

  async #startServers(daemons: readonly Daemon[], settings: readonly string[]): Promise<void> {
    if (daemons.length === 0) return;
    this.#hasServers = true;
    const where = ["--tools", tools, "--netns", this.#far, "--folder", join(this.folder, "far")];
    const addresses = ["--address", FAR4, "--address", FAR6];
    const wanted = [`daemons=${daemons.join(" ")}`, ...settings].flatMap((setting) => ["--set", setting]);
    await promisify(execFile)(receivers, ["start", ...where, ...addresses, ...wanted]);
  }

  async #startTap(): Promise<void> {
    const words = ["-i", DEVICE, "-n", "-p", "-U", "-B", "16384", "--immediate-mode", "-Z", "root", "-w", this.capture];
    const tap = spawn("ip", ["netns", "exec", this.#far, "tcpdump", ...words], { stdio: ["ignore", "ignore", "pipe"] });
    this.#tap = tap;
    await new Promise<void>((resolve, reject) => {
      let said = "";
      tap.stderr!.on("data", (chunk) => {
        said += chunk;
        if (said.includes("listening on")) resolve();
      });
      tap.once("close", () => reject(new Error(`tcpdump ended: ${said}`)));
    });
  }
}

/** Runs a program of this package from its source, in the near namespace. */
export function fromSource(program: string): readonly string[] {
  const path = fileURLToPath(new URL(program, import.meta.url));
  return ["--import", "tsx", "--conditions=source", path];
}

/** Lines of a file, without the last newline. */
export function linesOf(path: string): string[] {
  return readFileSync(path, "utf8").split("\n").slice(0, -1);
}
