import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { hourText } from "../ask/hour-range.ts";
import { netflowError } from "../errors.ts";
import type { ExportedFlow, FaultTeller, FlowSource } from "./exported-flow.ts";
import { isRwcutTitle, RWCUT_SWITCHES, rwcutFlow } from "./rwcut-line.ts";
import { toolLines } from "./tool-lines.ts";

export interface SilkSourceOptions {
  /** Root of SiLK's data. */
  readonly root: string;
  /** SiLK's site configuration; null: where SiLK looks for it. */
  readonly siteConfig: string | null;
  /** Folder of rwfilter and rwcut. */
  readonly binaries: string;
  readonly activeMs: number;
  /** One packet in so many was looked at by the routers behind a sensor: SiLK does not store it. */
  readonly samplingRate: (sensor: string) => number;
}

/** rwflowpack and rwflowappend move records to the hour's file every few minutes. */
const STORING_MS = 600_000;

/**
 * Reads flows of a SiLK repository through rwfilter and rwcut. SiLK files a flow under the hour of its start (rwflowpack(8)),
 * so that the hours asked for hold all of theirs, whenever they came.
 */
export class SilkSource implements FlowSource {
  readonly #options: SilkSourceOptions;
  readonly spoiltFiles: readonly string[] = [];

  constructor(options: SilkSourceOptions) {
    this.#options = options;
  }

  isComplete(endMs: number, nowMs: number): boolean {
    return nowMs >= endMs + this.#options.activeMs + STORING_MS;
  }

  /** @throws {CodedError} NETFLOW_SOURCE_UNREADABLE, NETFLOW_TOOL_MISSING, NETFLOW_TOOL_FAILED, NETFLOW_TOOL_DIFFERS */
  async read(first: number, end: number, take: (flow: ExportedFlow) => void, tell: FaultTeller): Promise<void> {
    const { root, siteConfig, binaries, samplingRate } = this.#options;
    if (!existsSync(root) || !statSync(root).isDirectory()) {
      throw netflowError("NETFLOW_SOURCE_UNREADABLE", `cannot read ${root}: no such folder`);
    }
    const site = siteConfig === null ? [] : [`--site-config-file=${siteConfig}`];
    let isTitle = true;
    const ends = await toolLines(
      [
        [
          join(binaries, "rwfilter"),
          ...site,
          `--data-rootdir=${root}`,
          "--flowtypes=all/all",
          `--start-date=${hourText(first)}`,
          // Included.
          `--end-date=${hourText(end - 1)}`,
          // rwfilter wants a rule, and every protocol is one that all flows pass.
          "--protocol=0-255",
          "--pass-destination=stdout",
        ],
        [join(binaries, "rwcut"), ...site, ...RWCUT_SWITCHES],
      ],
      (line) => {
        if (isTitle) {
          isTitle = false;
          if (!isRwcutTitle(line)) throw netflowError("NETFLOW_TOOL_DIFFERS", `cannot use rwcut's columns: ${line}`);
          return;
        }
        const flow = rwcutFlow(line, samplingRate, tell);
        if (flow !== null) take(flow);
      },
    );
    for (const [index, { exitCode, said }] of ends.entries()) {
      if (exitCode === 0) continue;
      const program = index === 0 ? "rwfilter" : "rwcut";
      throw netflowError(
        "NETFLOW_TOOL_FAILED",
        `cannot read hours ${hourText(first)} to ${hourText(end - 1)}: ${program} ended with ${exitCode}${said === "" ? "" : `, ${said}`}`,
      );
    }
  }
}
