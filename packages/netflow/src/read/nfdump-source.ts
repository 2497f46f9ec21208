import { stat } from "node:fs/promises";
import { join } from "node:path";
import { HOUR_MS } from "../ask/hour-range.ts";
import { netflowError } from "../errors.ts";
import type { ExportedFlow, FaultTeller, FlowSource } from "./exported-flow.ts";
import { mayHold, nfcapdFiles } from "./nfcapd-files.ts";
import { NFDUMP_FORMAT, NFDUMP_NOTHING, nfdumpFlows } from "./nfdump-line.ts";
import { placeFlow } from "./place-flow.ts";
import { toolLines } from "./tool-lines.ts";

export interface NfdumpSourceOptions {
  /** Top of nfcapd's files. */
  readonly root: string;
  /** Folder of nfdump. */
  readonly binaries: string;
  /** How long after its first packet a flow may be exported. */
  readonly activeMs: number;
  /** Told of a file that could not be read whole, with nfdump's words. */
  readonly onSpoilt: (path: string, said: string) => void;
  readonly onFile?: (done: number, total: number) => void;
}

/** nfcapd completes a file every 5 minutes unless told otherwise, and some exporters wait before they send. */
const ROTATION_MS = 600_000;

/** Reads the flows in files of nfcapd, nfpcapd or sfcapd, through nfdump. */
export class NfdumpSource implements FlowSource {
  readonly #options: NfdumpSourceOptions;
  readonly #spoilt = new Set<string>();

  constructor(options: NfdumpSourceOptions) {
    this.#options = options;
  }

  get spoiltFiles(): readonly string[] {
    return [...this.#spoilt];
  }

  isComplete(endMs: number, nowMs: number): boolean {
    return nowMs >= endMs + this.#options.activeMs + ROTATION_MS;
  }

  async read(first: number, end: number, take: (flow: ExportedFlow) => void, tell: FaultTeller): Promise<void> {
    const { root, binaries, activeMs, onSpoilt, onFile } = this.#options;
    const all = await nfcapdFiles(root).catch((cause) => {
      throw netflowError("NETFLOW_SOURCE_UNREADABLE", `cannot read ${root}: ${cause.message}`, cause);
    });
    const files = all.filter((each) => mayHold(each, first * HOUR_MS, end * HOUR_MS, activeMs));
    for (const [index, file] of files.entries()) {
      const { path } = file;
      // Expired by nfexpire since it was listed.
      if ((await stat(path).catch(() => null)) === null) continue;
      // One file a run: order and blame are then ours to tell, and a damaged file spoils no other.
      const words = ["-C", "none", "-G", "none", "-r", path, "-q", "-N", "-6", "-o", NFDUMP_FORMAT];
      const [ended] = await toolLines([[join(binaries, "nfdump"), ...words]], (line) => {
        if (line === "" || NFDUMP_NOTHING.test(line)) return;
        for (const flow of nfdumpFlows(line, (given, at) => placeFlow(given, at, file, activeMs), tell)) take(flow);
      });
      // It exits with 0 even where it met the end of the file within a record.
      if (ended!.exitCode !== 0 || ended!.said !== "") {
        this.#spoilt.add(path);
        onSpoilt(path, ended!.said.split("\n")[0] ?? "");
      }
      onFile?.(index + 1, files.length);
    }
  }
}
