import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@trafmon/testkit";
import { buildPrograms, type Ended, runProgramToEnd, startProgram, untilEnd } from "./built-programs.ts";
import { type SiteSettings, siteXml } from "./site-settings.ts";

export interface SiteOptions {
  readonly probes: readonly string[];
  /** Of each probe, as in the XML. Slow, it leaves time for accidents. */
  readonly rate?: string;
  /** Makes the configuration. Default: `siteXml`. */
  readonly xml?: (settings: SiteSettings) => string;
  /** Words before collector and probes, as `ip netns exec X`. */
  readonly within?: readonly string[];
  /** Where the folder is made. Default: the system's place for temporary files. */
  readonly parent?: string;
}

const START_LIMIT_MS = 120_000;
/** Beyond what it waits for acknowledgements. */
const REPLAY_LIMIT_MS = 240_000;
const STOP_LIMIT_MS = 120_000;

/** A configuration with one collector and any number of probes in a folder of its own, and the real programs. */
export class TestSite {
  readonly folder: string;
  readonly xml: string;
  readonly logs: string;
  readonly programLogs: string;
  readonly collectorName = "coll";
  readonly #within: readonly string[];
  #collector: ChildProcess | null = null;
  readonly #children = new Set<ChildProcess>();

  private constructor(parent: string, within: readonly string[]) {
    this.folder = mkdtempSync(join(parent, "tm-site-"));
    this.xml = join(this.folder, "tmon.xml");
    this.logs = join(this.folder, "logs");
    this.programLogs = join(this.folder, "program-logs");
    this.#within = within;
  }

  /** Builds the programs and writes the configuration. */
  static async make(options: SiteOptions): Promise<TestSite> {
    const { probes, rate = "1Gbit", xml = siteXml, within = [], parent = tmpdir() } = options;
    await buildPrograms();
    const site = new TestSite(parent, within);
    const { folder, collectorName: collector } = site;
    for (const each of [site.logs, site.programLogs]) mkdirSync(each);
    writeFileSync(join(folder, "site.key"), randomBytes(32).toString("hex"), { mode: 0o600 });
    writeFileSync(site.xml, xml({ folder, collector, port: await freePort(), probes, rate }));
    return site;
  }

  /** Starts the collector and waits until it listens. */
  async startCollector(): Promise<void> {
    this.#collector = await this.#startUntil("collector", this.collectorName, "listening for probes");
  }

  /** Starts a probe on its interfaces and waits until it captures. */
  async startProbe(name: string): Promise<ChildProcess> {
    return await this.#startUntil("probe", name, '"capturing"');
  }

  /** Ends a probe and waits until the collector has all it saw. @returns its exit code, null: it was in the way and killed */
  async stopProbe(probe: ChildProcess): Promise<number | null> {
    if (probe.exitCode !== null || probe.signalCode !== null) return probe.exitCode;
    const timer = setTimeout(() => probe.kill("SIGKILL"), STOP_LIMIT_MS);
    const ended = once(probe, "exit");
    probe.kill("SIGTERM");
    await ended;
    clearTimeout(timer);
    return probe.exitCode;
  }

  /** Ends the collector; with SIGTERM it completes its log files. */
  async stopCollector(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<number | null> {
    const child = this.#collector;
    if (child === null) throw new Error("no collector runs");
    this.#collector = null;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    }
    return child.exitCode;
  }

  /** Has the collector close its current log files. */
  rotate(): void {
    this.#collector?.kill("SIGUSR1");
  }

  /** Runs `tmon_probe -r` over capture files. `waitS`: how long it waits for acknowledgements at the end. */
  async replay(probe: string, files: readonly string[], waitS = 30): Promise<Ended> {
    const args = ["--json", "-c", this.xml, "--wait", String(waitS), "-r", ...files, "--", probe];
    return await untilEnd(this.#watched(startProgram("probe", args, this.#within)), waitS * 1000 + REPLAY_LIMIT_MS);
  }

  /** Runs a program with the folder for its own log, which each calls by another letter. */
  async run(
    program: "loader" | "ipinfo" | "reports" | "netflow",
    args: readonly string[],
    limitMs?: number,
  ): Promise<Ended> {
    const letter = program === "reports" ? "-l" : "-L";
    return await runProgramToEnd(program, [letter, this.programLogs, ...args], limitMs);
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** Ends what still runs, and leaves the folder. */
  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }

  /** Starts a program that stays, and waits until it says that it works. What it says goes into a file of the folder. */
  async #startUntil(program: "collector" | "probe", name: string, word: string): Promise<ChildProcess> {
    const child = this.#watched(startProgram(program, ["--json", "-c", this.xml, name], this.#within));
    const transcript = createWriteStream(join(this.programLogs, `${program}-${name}.stderr`));
    let said = "";
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${program} ${name} does not start: ${said}`)), START_LIMIT_MS);
      child.once("exit", (code) => reject(new Error(`${program} ${name} ended with ${code}: ${said}`)));
      child.stderr!.on("data", (text) => {
        transcript.write(text);
        if (said.includes(word)) return;
        said += text;
        if (!said.includes(word)) return;
        clearTimeout(timer);
        resolve();
      });
      child.stdout!.resume();
    });
    return child;
  }

  #watched(child: ChildProcess): ChildProcess {
    this.#children.add(child);
    return child;
  }
}
