#!/usr/bin/env node
import { createLog, etcDirectory, type ProgramLife, Progress, runProgram, systemClock } from "@trafmon/runtime";
import { DiagWatch, findConfigurationFiles } from "@trafmon/settings";
import { readTrafgenOptions } from "./options.ts";
import { snmpUserOf } from "./play/snmp-exchange.ts";
import { describeScenario } from "./scenario/describe-scenario.ts";
import { readScenario } from "./scenario/read-scenario.ts";
import { Trafgen } from "./trafgen.ts";

await runProgram("trafgen", async (life: ProgramLife) => {
  const options = readTrafgenOptions(life.args);
  const name = options.tgenName;
  const programLog = createLog({
    program: life.name,
    json: options.json,
    directory: options.logFileDirectory,
    fileName: `${life.name}_${name}.log`,
  });
  life.useLog(programLog);
  const { log } = programLog;
  const files = findConfigurationFiles({
    program: life.name,
    name,
    fileName: name,
    local: options.local,
    config: options.config,
    etcDirectory: etcDirectory((message) => log.warn(message)),
  });
  const scenario = readScenario(files.xml);
  if (options.check) {
    process.stdout.write(describeScenario(scenario));
    return;
  }
  const diag = files.diag === null ? null : new DiagWatch(files.diag, systemClock, log);
  await diag?.start();
  const trafgen = new Trafgen({
    options,
    scenario,
    clock: systemClock,
    log,
    stopping: life.stopping,
    credentials: {
      ftpPassword: process.env.TRAFGEN_FTP_PASSWORD ?? "",
      snmpCommunity: process.env.TRAFGEN_SNMP_COMMUNITY ?? "public",
      ...(process.env.TRAFGEN_SNMP_USER !== undefined && {
        snmpUser: snmpUserOf(process.env.TRAFGEN_SNMP_USER, process.env),
      }),
    },
    print: (text) => process.stdout.write(text),
  });
  if (options.dryRun) {
    const progress = new Progress({ label: "working out", total: null, unit: "packets", clock: systemClock });
    trafgen.dryRun((packets) => progress.update(packets));
  } else await trafgen.send();
  await diag?.stop();
});
