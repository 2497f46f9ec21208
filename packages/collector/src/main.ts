#!/usr/bin/env node
import {
  type Component,
  Counters,
  createLog,
  etcDirectory,
  type ProgramLife,
  runComponents,
  runProgram,
  systemClock,
} from "@trafmon/runtime";
import {
  ConfigurationWatch,
  collectorNamed,
  DiagWatch,
  describeEffective,
  findConfigurationFiles,
  readConfiguration,
} from "@trafmon/settings";
import { Collector } from "./collector.ts";
import { readCollectorOptions } from "./options.ts";

await runProgram("tmon_collector", async (life: ProgramLife) => {
  const options = readCollectorOptions(life.args);
  const programLog = createLog({
    program: life.name,
    json: options.json,
    directory: options.logFileDirectory,
    fileName: `${life.name}_${options.collectorName}.log`,
  });
  life.useLog(programLog);
  const { log } = programLog;
  const files = findConfigurationFiles({
    program: life.name,
    name: options.collectorName,
    local: options.local,
    config: options.config,
    next: options.new,
    etcDirectory: etcDirectory((message) => log.warn(message)),
  });
  const configuration = readConfiguration(files.xml);
  collectorNamed(configuration, options.collectorName);
  if (options.check) {
    process.stdout.write(describeEffective(configuration));
    return;
  }

  const collector = new Collector(configuration, options.collectorName, systemClock, new Counters(), log);
  life.onUser1(() => void collector.rotate());
  const parts: Component[] = [collector];
  if (files.diag !== null) parts.push(new DiagWatch(files.diag, systemClock, log, collector.logs));
  const watch = new ConfigurationWatch({
    own: files.xml,
    path: files.next,
    current: configuration,
    clock: systemClock,
    onSwitch: (next) => collector.useConfiguration(next),
    onScheduled: (next) => log.info({ startAt: next.startAt }, "a new configuration waits for its instant"),
    onUnchanged: ({ hash }) => log.info({ configuration: hash }, "the configuration means what it did"),
    onInvalid: (error) => log.error({ code: error.code }, error.message),
  });
  life.onHangup(() => life.service.reloading(() => watch.reload()));
  parts.push(watch, life.service.readiness(collector.serviceState));
  await runComponents(parts, life.stopping, (part, error) => log.error({ part: part.name, err: error }, "cannot stop"));
});
