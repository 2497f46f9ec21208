/**
 * Records a second from a probe's transport through UDP into a real collector's logs, sealed, everything acknowledged:
 * `node packages/end-to-end/dist/transport/transport.bench.js [RECORDS]`, after `npm run build`, for users have built programs.
 */
import { readFileSync } from "node:fs";
import { ProbeTransport } from "@trafmon/probe";
import { Counters, createLog, systemClock } from "@trafmon/runtime";
import { probeNamed, readConfiguration, readKeyFile } from "@trafmon/settings";
import { freePort } from "@trafmon/testkit";
import { BenchSite } from "./bench-site.ts";
import { writeNumbered } from "./numbered-records.ts";

const records = Number(process.argv[2] ?? 2_000_000);
const BATCH = 2000;

const site = new BenchSite();
site.configure({ c: await freePort() });
const collector = await site.startCollector("c");
const configuration = readConfiguration(site.xml);
const probe = probeNamed(configuration, "p");
const counters = new Counters();
const transport = new ProbeTransport({
  probe,
  configurationHash: configuration.hash,
  sharedKey: readKeyFile(probe.keyFile),
  mode: "replay",
  clock: systemClock,
  counters,
  log: createLog({ program: "bench" }).log,
});
const alive = setInterval(() => {}, 1000);
await transport.start();
const begin = performance.now();
const [ownCpuS, collectorCpuS] = [cpuSecondsOf("self"), cpuSecondsOf(collector.pid!)];
for (let n = 1; n <= records; n += BATCH) {
  writeNumbered(transport.sink, n, BATCH);
  await new Promise((resolve) => setImmediate(resolve));
  await transport.whenRoom();
}
const writtenS = (performance.now() - begin) / 1000;
const isDone = await transport.finish(20_000);
const seconds = (performance.now() - begin) / 1000;
// On a machine that does other work too, only this tells what it could do.
const own = cpuSecondsOf("self") - ownCpuS;
const collectors = cpuSecondsOf(collector.pid!) - collectorCpuS;
const status = readFileSync(`/proc/${collector.pid}/status`, "utf8");
const counts = counters.snapshot();
console.log(
  `${records} records in ${seconds.toFixed(2)} s (${writtenS.toFixed(2)} s to hand them over): ` +
    `${Math.round(records / seconds)} records/s, all acknowledged: ${isDone}`,
);
console.log(
  `${counts.get("pdus_sent")} PDUs, ${counts.get("pdus_retried") ?? 0} of them retries, ` +
    `${((counts.get("bytes_sent") ?? 0) / records).toFixed(1)} bytes sent a record, ` +
    `collector ${/VmHWM:\s+(\d+) kB/.exec(status)?.[1]} kB at most`,
);
console.log(
  `CPU: probe ${own.toFixed(2)} s, collector ${collectors.toFixed(2)} s; with a core for each ` +
    `${Math.round(records / Math.max(own, collectors))} records/s`,
);
await transport.stop();
await site.stop(collector);
console.log(`${site.lineCount("c", "ipct")} lines`);
clearInterval(alive);
await site.close();

/** User and system time of a process, all its threads. */
function cpuSecondsOf(pid: number | "self"): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  // Fields 14 and 15, in ticks of 10 ms.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
