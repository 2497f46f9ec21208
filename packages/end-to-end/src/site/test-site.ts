import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../transport/bench-site.ts";
import { buildPrograms, type Ended, runProgramToEnd, startProgram, untilEnd } from "./built-programs.ts";
import { siteXml } from "./site-settings.ts";

export interface SiteOptions {
  readonly probes: readonly string[];
  /** Of each probe, as in the XML. Slow, it leaves time for accidents. */
  readonly rate?: string;
}

const START_LIMIT_MS = 20_000;

/** A configuration with one collector and any number of probes in a folder of its own, and the real programs. */
export class TestSite {
  readonly folder = mkdtempSync(join(tmpdir(), "tm-site-"));
  readonly xml = join(this.folder, "tmon.xml");
  readonly logs = join(this.folder, "logs");
  readonly programLogs = join(this.folder, "program-logs");
  readonly collectorName = "coll";
  #collector: ChildProcess | null = null;
  readonly #children = new Set<ChildProcess>();

  private constructor() {}

  /** Builds the programs and writes the configuration. */
  static async make({ probes, rate = "1Gbit" }: SiteOptions): Promise<TestSite> {
    await buildPrograms();
    const site = new TestSite();
    const { folder, collectorName: collector } = site;
    for (const each of [site.logs, site.programLogs]) mkdirSync(each);
    writeFileSync(join(folder, "site.key"), randomBytes(32).toString("hex"), { mode: 0o600 });
    writeFileSync(site.xml, siteXml({ folder, collector, port: await freePort(), probes, rate }));
    return site;
  }

  /** Starts the collector and waits until it listens. */
  async startCollector(): Promise<void> {
    const child = this.#watched(startProgram("collector", ["--json", "-c", this.xml, this.collectorName]));
    this.#collector = child;
    let said = "";
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the collector does not listen: ${said}`)), START_LIMIT_MS);
      child.once("exit", (code) => reject(new Error(`the collector ended with ${code}: ${said}`)));
      child.stderr!.on("data", (text) => {
        if (said.includes("listening for probes")) return;
        said += text;
        if (!said.includes("listening for probes")) return;
        clearTimeout(timer);
        resolve();
      });
      child.stdout!.resume();
    });
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
    return await untilEnd(this.#watched(startProgram("probe", args)), (waitS + 30) * 1000);
  }

  /** Runs a program with the folder for its own log, which each calls by another letter. */
  async run(program: "loader" | "reports", args: readonly string[]): Promise<Ended> {
    const letter = program === "loader" ? "-L" : "-l";
    return await runProgramToEnd(program, [letter, this.programLogs, ...args]);
  }

  async remove(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    rmSync(this.folder, { recursive: true });
  }

  #watched(child: ChildProcess): ChildProcess {
    this.#children.add(child);
    return child;
  }
}
