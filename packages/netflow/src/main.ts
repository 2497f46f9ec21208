#!/usr/bin/env node
import { existsSync } from "node:fs";
import { createLog, EXIT, type Logger, Progress, runProgram, systemClock } from "@trafmon/runtime";
import { type Exporters, readExporters } from "./ask/exporters.ts";
import { hourRange, hourText } from "./ask/hour-range.ts";
import { type FormatResult, formatNetflow } from "./format-netflow.ts";
import { DEFAULT_SITE_CONFIG, type FormatCommandLine, readFormatOptions } from "./options.ts";
import type { FlowSource } from "./read/exported-flow.ts";
import { NfdumpSource } from "./read/nfdump-source.ts";
import { readSilkSensors } from "./read/silk-sensors.ts";
import { SilkSource } from "./read/silk-source.ts";

await runProgram("trafMon_FormatNetFlow", async (life) => {
  const options = readFormatOptions(life.args);
  const range = hourRange(options, systemClock.wallMs());
  const programLog = createLog({ program: life.name, json: options.json, directory: options.logFileDirectory });
  life.useLog(programLog);
  const { log } = programLog;
  const siteConfig = options.source === "silk" ? siteConfigOf(options) : null;
  const sensors = siteConfig === null ? new Map<string, string>() : readSilkSensors(siteConfig);
  const exporters = readExporters(options.exporter, options.samplingRate, sensors);
  const result = await formatNetflow({
    source: sourceOf(options, siteConfig, exporters, log),
    range,
    // Whoever names days wants these and no others.
    withIncomplete: options.dateStart === undefined || options.hour !== undefined,
    again: options.again,
    exporters,
    folder: options.collectordata,
    formatter: options.name,
    clock: systemClock,
    log,
  });
  const { faults, corrections, ...counts } = result;
  const told = { ...counts, packets: String(counts.packets), bytes: String(counts.bytes) };
  log.info({ ...told, faults: Object.fromEntries(faults), corrections: Object.fromEntries(corrections) }, "done");
  console.log(summary(result, hourText(range.first), hourText(Math.max(range.first, range.end - 1))));
  const isRefused = (faults.get("not understood") ?? 0) + (faults.get("bad time") ?? 0) > 0;
  return isRefused || result.filesSpoilt > 0 || result.filesFewer > 0 ? EXIT.DATA_REJECTED : EXIT.DONE;
});

/** The default one need not exist: SiLK then looks for its own. */
function siteConfigOf({ silkconfig }: FormatCommandLine): string | null {
  return silkconfig ?? (existsSync(DEFAULT_SITE_CONFIG) ? DEFAULT_SITE_CONFIG : null);
}

function sourceOf(
  options: FormatCommandLine,
  siteConfig: string | null,
  exporters: Exporters,
  log: Logger,
): FlowSource {
  const common = { root: options.netflowdata, binaries: options.silkbin, activeMs: options.activeTimeout * 1000 };
  if (options.source === "silk") {
    return new SilkSource({ ...common, siteConfig, samplingRate: (sensor) => exporters.samplingRateOf(sensor) });
  }
  let progress: Progress | null = null;
  return new NfdumpSource({
    ...common,
    onSpoilt: (path, said) => log.error({ path, said }, "cannot read a file of flows whole"),
    onFile: (done, total) => {
      progress ??= new Progress({ label: "reading flows", total, unit: "files", clock: systemClock });
      progress.update(done);
      if (done !== total) return;
      progress.finish();
      progress = null;
    },
  });
}

function summary(result: FormatResult, first: string, last: string): string {
  const parts = [
    `${first} to ${last} UTC: ${result.flows} flows, ${result.packets} packets, ${result.bytes} bytes`,
    `${result.filesWritten} files written, ${result.filesUnchanged} unchanged`,
  ];
  for (const [fault, count] of result.faults)
    parts.push(`${count} lines ${fault === "no packets" ? "without packets" : fault}`);
  for (const [correction, count] of result.corrections) parts.push(`${count} flows ${correction}`);
  if (result.filesFewer > 0) parts.push(`${result.filesFewer} hours had more flows before and stay as they were`);
  if (result.filesSpoilt > 0) parts.push(`${result.filesSpoilt} files of flows are damaged, see the log`);
  return parts.join("; ");
}
