#!/usr/bin/env node
// npm run demo: the whole chain once, on real traffic, below var/demo/.
//   npm run demo                                   the project's own sample captures
//   npm run demo -- FILE...                        captures of yours
//   npm run demo -- --live IFACE --seconds N       what passes an interface now
import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { COLLECTOR, DATABASE, writeSettings } from "./demo/demo-configuration.mjs";
import { emptyFolder, paths, root, startDatabase } from "./demo/demo-folder.mjs";
import { load, replay, report, startCollector, stopCollector, updateIpInfo, watch } from "./demo/demo-programs.mjs";
import { ask, runFile, shellCommand } from "./demo/demo-query.mjs";
import { daysToReport, printSummary } from "./demo/demo-summary.mjs";
import { setup } from "./setup.mjs";

const options = readOptionsOrStop();
try {
  await demo(options);
} catch (error) {
  console.error(`demo: ${error.message}`);
  console.error("  npm run demo:stop ends what is still running; the programs' logs are in var/demo/log.");
  process.exit(1);
}

function readOptionsOrStop() {
  try {
    return readOptions();
  } catch (error) {
    console.error(`demo: ${error.message.split("\n")[0]}`);
    console.error("  npm run demo [-- FILE...]  or  npm run demo -- --live IFACE --seconds N");
    process.exit(64);
  }
}

/** The first probe is the one reported on. */
async function demo({ probes, seconds }) {
  const [{ name: main }] = probes;
  await step("Looking for what is needed", () => setup());
  await step("Emptying var/demo", () => emptyFolder());
  const { socket } = await step("Starting a private MariaDB (a socket in var/demo/db, no port)", () => startDatabase());
  await step("Creating the template database and the settings", async () => {
    runFile(socket, join(root, "sql/trafMon_templateDB.sql"));
    await writeSettings({ probes, socket });
  });
  const collector = await step(`Starting tmon_collector ${COLLECTOR}`, () => startCollector());
  for (const { name, files, interfaceName } of probes) {
    if (files === null)
      await step(`tmon_probe: watching ${interfaceName} for ${seconds} s`, () => watch(name, seconds));
    else await step(`tmon_probe -r: ${files.length} captures for probe ${name}`, () => replay(name, files));
  }
  await step("Stopping tmon_collector, which closes its log files", () => stopCollector(collector));
  await step("trafMon_loader: loading the logs", () => load());
  await step("trafMon_updateIpInfo: who the addresses are", () => updateIpInfo());
  await step("Procedures: preparing what reports read", () => prepare(socket));
  const days = daysToReport(socket, main);
  if (days === null) throw new Error("there is nothing to report: no IP packet was captured");
  if (!days.isAll) console.log("- The captures lie more than ten years apart: the report is on the busiest year");
  const made = await step(`trafMon_volumeReportGen -r manager, ${days.first} to ${days.last}`, () =>
    report(main, days.first, days.last),
  );

  printSummary(socket, main);
  const pdf = made.output.split("\n").find((line) => line.endsWith(".pdf"));
  console.log(`\nReport    ${relative(root, pdf ?? paths.reports)}`);
  console.log(`Tables    npm run demo:sql -- 'SELECT * FROM v_ipct_1h LIMIT 10'`);
  console.log(`Shell     ${shellCommand(socket)}`);
  console.log(`Stop      npm run demo:stop`);
}

/** As cron does at night, and then for the days of the captures, whenever they were. */
function prepare(socket) {
  for (const call of [
    `Update_ftp_data_in_ipcttable('${DATABASE}', NULL, NULL)`,
    `Aggr_activityvolumetable_first_level('${DATABASE}', NULL, NULL)`,
    `aggregate_stale_days('${DATABASE}', TRUE)`,
  ]) {
    ask(socket, `CALL trafMon_template.${call}`);
  }
}

async function step(title, work) {
  console.log(`- ${title}`);
  const startedMs = performance.now();
  const result = await work();
  const tookS = (performance.now() - startedMs) / 1000;
  if (tookS >= 0.05) console.log(`    ${tookS.toFixed(1)} s`);
  return result;
}

function readOptions() {
  const options = { live: { type: "string" }, seconds: { type: "string", default: "30" } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const seconds = Number(values.seconds);
  if (!(seconds > 0 && seconds <= 86_400)) throw new Error("--seconds wants a number from 1 to 86400");
  if (values.live !== undefined) {
    return { probes: [{ name: "demo", interfaceName: values.live, files: null }], seconds };
  }
  const files = positionals.map((path) => resolve(path));
  for (const path of files) if (!existsSync(path)) throw new Error(`cannot find ${path}`);
  return { probes: files.length > 0 ? [{ name: "demo", interfaceName: "capture", files }] : sampleProbes(), seconds };
}

/** The scenes in the order they were played, seen at two taps by a probe each; the first tap saw everything. */
function sampleProbes() {
  const { scenes } = JSON.parse(readFileSync(join(root, "samples/truth.json"), "utf8"));
  const captures = scenes.flatMap((scene) => scene.captures);
  return ["office", "centre"].map((tap) => ({
    name: tap,
    interfaceName: tap,
    files: captures.filter((each) => each.tap === tap).map(({ file }) => join(root, "samples", file)),
  }));
}
