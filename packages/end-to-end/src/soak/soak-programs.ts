import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { startProgram } from "../site/built-programs.ts";
import { SITES, type SiteName, type SoakNetwork } from "./soak-network.ts";

export const COLLECTORS = ["c", "d"] as const;
export type CollectorName = (typeof COLLECTORS)[number];
type ProgramKey = SiteName | CollectorName;

const FLOOD_PROGRAM = fileURLToPath(new URL("../../dist/live/flood-program.js", import.meta.url));
const PORTS: Readonly<Record<CollectorName, number>> = { c: 7601, d: 7611 };

/** Two probes in their sites, two collectors in the centre, and who sends traffic: the real programs. */
export class SoakPrograms {
  readonly folder: string;
  readonly #network: SoakNetwork;
  readonly #running = new Map<ProgramKey, ChildProcess>();
  readonly #others = new Set<ChildProcess>();

  constructor(network: SoakNetwork, folder: string) {
    this.#network = network;
    this.folder = folder;
    for (const collector of COLLECTORS) mkdirSync(this.logs(collector), { recursive: true });
    for (const site of SITES)
      writeFileSync(join(folder, `${site}.key`), randomBytes(32).toString("hex"), { mode: 0o600 });
    writeFileSync(join(folder, "tmon.xml"), this.#xml());
  }

  logs(collector: CollectorName): string {
    return join(this.folder, `logs-${collector}`);
  }

  /** Starts a probe or a collector; waits until it works. */
  async start(name: ProgramKey): Promise<void> {
    const isProbe = isSite(name);
    const space = isProbe ? this.#network.sites[name] : this.#network.centre;
    const args = ["--json", "-c", join(this.folder, "tmon.xml"), name];
    const child = startProgram(isProbe ? "probe" : "collector", args, space.within);
    this.#running.set(name, child);
    const word = isProbe ? '"capturing"' : "listening for probes";
    let said = "";
    await new Promise<void>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`${name} ended with ${code} before it worked: ${said}`)));
      child.stderr!.on("data", (bytes) => {
        appendFileSync(join(this.folder, `${name}.stderr`), bytes);
        said = (said + bytes).slice(-4000);
        if (said.includes(word)) resolve();
      });
      child.stdout!.resume();
    });
  }

  /** @returns the exit code; null after SIGKILL */
  async stop(name: ProgramKey, signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<number | null> {
    const child = this.#running.get(name);
    if (child === undefined) throw new Error(`${name} does not run`);
    this.#running.delete(name);
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    }
    return child.exitCode;
  }

  /** Sends so many packets to a probe's interface. */
  async flood(site: SiteName, packets: number, perSecond: number): Promise<void> {
    const words = [FLOOD_PROGRAM, "out0", String(packets), String(perSecond)];
    const child = this.#network.sites[site].start(process.execPath, words, { stdio: ["ignore", "ignore", "inherit"] });
    this.#others.add(child);
    const [code] = await once(child, "exit");
    this.#others.delete(child);
    if (code !== 0) throw new Error(`traffic of site ${site} ended with ${code}`);
  }

  /** Waits until both collectors have acknowledged all that a probe has. */
  async untilAcknowledged(site: SiteName, limitMs: number): Promise<void> {
    for (const endMs = Date.now() + limitMs; Date.now() < endMs; ) {
      const { collectors, running_s } = await this.#told(site);
      // A probe just started tells nothing of packets yet.
      if (running_s >= 2 && collectors.every(({ waiting_pdus }) => waiting_pdus === 0)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the collectors have not acknowledged everything of probe ${site}`);
  }

  async end(): Promise<void> {
    for (const child of [...this.#running.values(), ...this.#others]) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
  }

  async #told(site: SiteName) {
    const asked = get({ socketPath: join(this.folder, `health-${site}`), path: "/health", agent: false });
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      asked.once("response", resolve);
      asked.once("error", reject);
    });
    return JSON.parse(await text(answer)) as { collectors: { waiting_pdus: number }[]; running_s: number };
  }

  #xml(): string {
    const { folder } = this;
    const collector = (name: CollectorName) =>
      `<collector name="${name}" listen="0.0.0.0:${PORTS[name]}" logDir="${this.logs(name)}" stateDir="${folder}/state-${name}"
         commitInterval="50ms" logInterval="20s"/>`;
    const sendTo = (site: SiteName) => (name: CollectorName) =>
      `<sendTo collector="${name}" address="${this.#network.centreOf(site)}:${PORTS[name]}"/>`;
    const probe = (site: SiteName) =>
      `<probe name="${site}" keyFile="${folder}/${site}.key" spoolDir="${folder}/spool-${site}" heartbeat="1s"
         flushInterval="200ms" lateness="500ms" ring="16MiB"><interface name="in0" buffer="16MiB"/>
         ${COLLECTORS.map(sendTo(site)).join("")}<health socket="${folder}/health-${site}"/></probe>`;
    return `<trafMon site="soak"><collectors>${COLLECTORS.map(collector).join("")}</collectors>
      <probes>${SITES.map(probe).join("")}</probes>
      <flowClasses><flowClass name="all" account="yes" idle="2s"><match><any/></match>
        <partition addresses="host" protocol="yes" ports="yes" twoWay="yes"/>
        <ipCounters interval="1s"/><udpCounters interval="1s"/></flowClass></flowClasses></trafMon>`;
  }
}

function isSite(name: ProgramKey): name is SiteName {
  return (SITES as readonly string[]).includes(name);
}
