import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseLogFileName } from "@trafmon/observation";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
/** Whether this is built itself; then so are the programs it starts, as users have them. */
const isBuilt = import.meta.url.endsWith(".js");

/** To whom a collector forwards, and whom it gives what waits. */
export interface ForwardTo {
  readonly collector: string;
  readonly port: number;
  readonly drainTo?: ForwardTo;
}

/** A folder with a configuration, a key, logs and spools, and the collectors that run in it. */
export class BenchSite {
  readonly folder = mkdtempSync(join(tmpdir(), "transport-"));
  readonly xml = join(this.folder, "tmon.xml");
  readonly #children = new Set<ChildProcess>();

  /**
   * `ports`: of each collector; `sendTo`: where the probe sends instead, e.g. a lossy path; `forwardTo`: to which collector
   * one forwards, and there to which port, and to which it drains; `xml`: another file than the site's own.
   */
  configure(
    ports: Readonly<Record<string, number>>,
    sendTo: Readonly<Record<string, number>> = ports,
    forwardTo: Readonly<Record<string, ForwardTo>> = {},
    xml: string = this.xml,
  ): void {
    const forward = (name: string) => {
      const to = forwardTo[name];
      const way = (element: string, { collector, port }: ForwardTo) =>
        `<${element} collector="${collector}" address="127.0.0.1:${port}" keyFile="${this.keyFile(name)}"/>`;
      if (to === undefined) return "";
      return way("forwardTo", to) + (to.drainTo === undefined ? "" : way("drainTo", to.drainTo));
    };
    const collectors = Object.entries(ports).map(
      ([name, port]) =>
        `<collector name="${name}" listen="127.0.0.1:${port}" logDir="${this.logDir(name)}"
           stateDir="${this.stateDir(name)}" commitInterval="50ms">
           ${forward(name)}<health socket="${this.healthSocket(name)}"/></collector>`,
    );
    for (const name of Object.keys(forwardTo)) writeFileSync(this.keyFile(name), "c3".repeat(32), { mode: 0o600 });
    const targets = Object.entries(sendTo).map(
      ([name, port]) => `<sendTo collector="${name}" address="127.0.0.1:${port}"/>`,
    );
    for (const name of Object.keys(ports)) mkdirSync(this.logDir(name), { recursive: true });
    writeFileSync(join(this.folder, "p.key"), "5a".repeat(32), { mode: 0o600 });
    writeFileSync(
      xml,
      `<trafMon site="bench">
         <collectors>${collectors.join("")}</collectors>
         <probes><probe name="p" keyFile="${this.folder}/p.key" spoolDir="${this.folder}/spool" heartbeat="1s"
           flushInterval="100ms"><interface name="lo"/>${targets.join("")}</probe></probes>
         <flowClasses><flowClass name="all" account="yes"><match><any/></match><partition addresses="host"/>
           <ipCounters/></flowClass></flowClasses>
       </trafMon>`,
    );
  }

  /** Where a collector tells how it is. */
  healthSocket(collector: string): string {
    return join(this.folder, `health-${collector}`);
  }

  logDir(collector: string): string {
    return join(this.folder, `logs-${collector}`);
  }

  stateDir(collector: string): string {
    return join(this.folder, `state-${collector}`);
  }

  /** Of the key that a collector shares with the one it forwards to. */
  keyFile(collector: string): string {
    return join(this.folder, `${collector}.key`);
  }

  /** Starts the real program and waits until it listens. */
  async startCollector(name: string, xml = this.xml): Promise<ChildProcess> {
    return this.#start("packages/collector/src/main.ts", ["--json", "-c", xml, name], "listening");
  }

  /** Starts the program beside this file that sends numbered records through a probe's transport. */
  async startSender(first: number, count: number): Promise<ChildProcess> {
    const program = "packages/end-to-end/src/transport/sender-program.ts";
    return this.#start(program, [this.xml, String(first), String(count)], "sending");
  }

  async stop(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    }
    this.#children.delete(child);
    return child.exitCode;
  }

  /** Lines of a type in a collector's files, in order of their writing, headers left out. */
  lines(collector: string, type: string): string[] {
    const folder = this.logDir(collector);
    return readdirSync(folder)
      .filter((file) => parseLogFileName(file)?.type === type)
      .sort()
      .flatMap((file) => readFileSync(join(folder, file), "utf8").split("\n").slice(1, -1));
  }

  /** How many lines of a type there are, headers left out. The text of millions is longer than a string can be. */
  lineCount(collector: string, type: string): number {
    const folder = this.logDir(collector);
    const files = readdirSync(folder).filter((file) => parseLogFileName(file)?.type === type);
    return files.reduce((sum, file) => sum + newlinesIn(readFileSync(join(folder, file))) - 1, 0);
  }

  async close(): Promise<void> {
    for (const child of this.#children) await this.stop(child, "SIGKILL");
    rmSync(this.folder, { recursive: true });
  }

  async #start(program: string, args: readonly string[], ready: string): Promise<ChildProcess> {
    const words = isBuilt
      ? [program.replace("/src/", "/dist/").replace(/\.ts$/, ".js")]
      : ["--import", "tsx", "--conditions=source", program];
    const child = spawn(process.execPath, [...words, ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#children.add(child);
    let said = "";
    await new Promise<void>((resolve, reject) => {
      const hear = (bytes: Buffer) => {
        said += bytes;
        if (said.includes(ready)) resolve();
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.once("exit", (code) => reject(new Error(`${program} ended with ${code}: ${said}`)));
    });
    return child;
  }
}

function newlinesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}
