import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logHeader, observationTypes, type ParsedLine, parseLine, parseLogFileName } from "@trafmon/observation";
import { createLog, FakeClock } from "@trafmon/runtime";
import { readExporters } from "../ask/exporters.ts";
import { type FormatOptions, type FormatResult, formatNetflow } from "../format-netflow.ts";
import { NfdumpSource } from "../read/nfdump-source.ts";
import type { Totals } from "./nfdump-answer.ts";

/** A folder for logs and another for flows. */
export class FormattedFolder {
  readonly path = mkdtempSync(join(tmpdir(), "tm-netflow-"));
  readonly flows = mkdtempSync(join(tmpdir(), "tm-nfcapd-"));
  readonly spoilt: string[] = [];

  /**
   * Formats hours [first, end) from nfcapd's files as if it were `nowMs`. The time-out is long, because tests receive flows
   * about the beginning of the present hour whenever they run.
   */
  async format(
    first: number,
    end: number,
    options: Partial<FormatOptions> & { nowMs?: number; activeMs?: number } = {},
  ) {
    const { nowMs = end * 3_600_000 + 7_200_000, activeMs = 7_200_000, ...others } = options;
    return await formatNetflow({
      source: new NfdumpSource({
        root: this.flows,
        binaries: "/usr/bin",
        activeMs,
        onSpoilt: (path) => this.spoilt.push(path),
      }),
      range: { first, end },
      withIncomplete: false,
      again: false,
      exporters: readExporters([], [], new Map()),
      folder: this.path,
      formatter: "netflow",
      clock: new FakeClock(nowMs),
      log: createLog({ program: "trafMon_FormatNetFlow", write: () => {} }).log,
      ...others,
    });
  }

  /** Names of the log files, in order. */
  get names(): string[] {
    return readdirSync(this.path)
      .filter((name) => parseLogFileName(name) !== null)
      .sort();
  }

  /** The records of a log file, or of all. */
  records(name?: string): ParsedLine<typeof observationTypes.netflow>[] {
    const parse = parseLine(observationTypes.netflow);
    return (name === undefined ? this.names : [name]).flatMap((each) => {
      const [header, ...lines] = readFileSync(join(this.path, each), "utf8").trimEnd().split("\n");
      if (header !== logHeader(observationTypes.netflow)) throw new Error(`another header: ${header}`);
      return lines.map((line) => {
        const parsed = parse(line);
        if ("fault" in parsed) throw new Error(`${each}: ${parsed.fault.reason}`);
        return parsed;
      });
    });
  }

  /** Totals of all log files. */
  get totals(): Totals {
    const totals = { flows: 0, packets: 0n, bytes: 0n };
    for (const { record } of this.records()) {
      totals.flows++;
      totals.packets += BigInt(record.packets);
      totals.bytes += BigInt(record.bytes);
    }
    return totals;
  }

  remove(): void {
    for (const path of [this.path, this.flows]) rmSync(path, { recursive: true, force: true });
  }
}

/** Totals as a run told them. */
export function toldTotals({ flows, packets, bytes }: FormatResult): Totals {
  return { flows, packets, bytes };
}
