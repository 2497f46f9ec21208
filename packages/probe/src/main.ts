#!/usr/bin/env node
import { Counters, createLog, etcDirectory, type ProgramLife, runProgram, systemClock } from "@trafmon/runtime";
import {
  ConfigurationWatch,
  DiagWatch,
  describeEffective,
  findConfigurationFiles,
  findServicesFile,
  logsOfParts,
  probeNamed,
  readConfiguration,
  readServices,
} from "@trafmon/settings";
import { explainFlow } from "./explain/explain-flow.ts";
import { readProbeOptions } from "./options.ts";
import { PROBE_PARTS, Probe } from "./probe.ts";
import { keepMemorySmall } from "./process-memory.ts";

keepMemorySmall();

await runProgram("tmon_probe", async (life: ProgramLife) => {
  const options = readProbeOptions(life.args);
  const name = options.probeName;
  const programLog = createLog({
    program: life.name,
    json: options.json,
    directory: options.logFileDirectory,
    fileName: `${life.name}_${name || "explain"}.log`,
  });
  life.useLog(programLog);
  const { log } = programLog;
  const write = (text: string) => void process.stdout.write(text);
  if (options.explain !== undefined && name === "") {
    const { explain: flow, read: files = [], json } = options;
    return await explainFlow({ flow, files, json, services: readServices(), given: null, write });
  }
  const files = findConfigurationFiles({
    program: life.name,
    name,
    local: options.local,
    config: options.config,
    next: options.new,
    etcDirectory: etcDirectory((message) => log.warn(message)),
  });
  const services = readServices(findServicesFile(files.xml));
  const configuration = readConfiguration(files.xml, services);
  probeNamed(configuration, name);
  if (options.check) {
    process.stdout.write(describeEffective(configuration));
    return;
  }

  if (options.explain !== undefined) {
    const { explain: flow, read = [], json } = options;
    return await explainFlow({ flow, files: read, json, services, given: { configuration, probeName: name }, write });
  }

  const logs = logsOfParts(log, PROBE_PARTS);
  const parts = {
    configuration,
    name,
    services,
    clock: systemClock,
    counters: new Counters(),
    log,
    logs,
    showsProgress: !options.json,
  };
  if (options.read !== undefined)
    return await new Probe(parts, "replay").replay(options.read, options.wait * 1000, life.stopping);

  const probe = new Probe(parts, "live");
  const diag = files.diag === null ? null : new DiagWatch(files.diag, systemClock, log, logs);
  const next = new ConfigurationWatch({
    own: files.xml,
    path: files.next,
    current: configuration,
    clock: systemClock,
    onSwitch: (given) => probe.useConfiguration(given),
    onScheduled: (given) => log.info({ startAt: given.startAt }, "a new configuration waits for its instant"),
    onUnchanged: ({ hash }) => log.info({ configuration: hash }, "the configuration means what it did"),
    onInvalid: (error) => log.error({ code: error.code }, error.message),
  });
  life.onHangup(() => life.service.reloading(() => next.reload()));
  const readiness = life.service.readiness(probe.serviceState);
  life.stopping.addEventListener("abort", () => void readiness.stop());
  await diag?.start();
  await next.start();
  await probe.watch(life.stopping, () => void readiness.start());
  await next.stop();
  await diag?.stop();
});
