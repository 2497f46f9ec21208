import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { dirname, join } from "node:path";
import { type Clock, CodedError, EXIT } from "@trafmon/runtime";
import {
  type CollectorSettings,
  type Configuration,
  collectorNamed,
  type ProbeSettings,
  probeNamed,
  readConfiguration,
  readKeyFile,
} from "@trafmon/settings";
import { checkClock, loadCaptureLibrary } from "./check/capture-library.ts";
import { checkDatabase } from "./check/database.ts";
import { checkInterfaces } from "./check/interfaces.ts";
import { checkListening, checkProbeRuns } from "./check/listening.ts";
import { checkCapabilities, checkFolder } from "./check/rights.ts";
import { type Finding, fault, faultOf, good } from "./finding.ts";

/** What to look at, and where the machine is. */
export interface Examination {
  readonly configurationFile: string;
  /** null: those that seem to be of this machine. */
  readonly probes: readonly string[] | null;
  readonly collectors: readonly string[] | null;
  /** null: no database here. */
  readonly credentialsFile: string | null;
  readonly database: string | null;
  readonly template: string;
  readonly silentAfterMs: number;
  readonly clock: Clock;
  readonly captureBinary: string;
  readonly launcher: string;
  /** /sys/class/net */
  readonly network: string;
}

/** From top to bottom: libraries, configuration, rights, interfaces, clock, disks, programs, database. */
export async function examine(given: Examination): Promise<Finding[]> {
  const findings: Finding[] = [];
  const { library, finding } = loadCaptureLibrary(given.captureBinary);
  const configuration = configurationOf(given.configurationFile, findings);
  const probes = configuration === null ? [] : chosenProbes(configuration, given, findings);
  const collectors = configuration === null ? [] : chosenCollectors(configuration, given.collectors, findings);
  if (probes.length > 0 || library !== null) findings.push(finding);
  if (library !== null) findings.push(checkClock(library));
  findings.push(...checkCapabilities(process.execPath, given.launcher));
  for (const probe of probes) {
    findings.push(...checkKey(probe), ...checkInterfaces(probe, library, given.network));
    findings.push(...checkFolder(`spool of ${probe.name}`, existingFolder(probe.spoolDir)), checkProbeRuns(probe.name));
  }
  for (const collector of collectors) {
    findings.push(
      ...(configuration?.probes ?? [])
        .filter((probe) => probe.sendTo.some((to) => to.collector === collector.name))
        .flatMap(checkKey),
    );
    findings.push(...checkFolder(`logs of ${collector.name}`, collector.logDir));
    findings.push(...checkFolder(`state of ${collector.name}`, existingFolder(collector.stateDir)));
    findings.push(await checkListening(collector));
  }
  if (given.credentialsFile !== null) {
    const { credentialsFile, database, template, clock, silentAfterMs } = given;
    const logDirectory = collectors[0]?.logDir ?? null;
    findings.push(
      ...(await checkDatabase({ credentialsFile, database, template, logDirectory, clock, silentAfterMs })),
    );
  }
  return onceEach(findings);
}

function configurationOf(path: string, findings: Finding[]): Configuration | null {
  try {
    const configuration = readConfiguration(path);
    findings.push(good("configuration", `${path} is valid, hash ${configuration.hash}`));
    return configuration;
  } catch (error) {
    findings.push(faultOf("configuration", error));
    return null;
  }
}

function chosenProbes(
  configuration: Configuration,
  { probes: names, network }: Examination,
  findings: Finding[],
): ProbeSettings[] {
  if (names !== null) return chosen(names, (name) => probeNamed(configuration, name), findings);
  // A collector's machine has the keys of all its probes: those are of here whose interfaces are.
  const withKey = configuration.probes.filter((probe) => existsSync(probe.keyFile));
  const isHere = (name: string) => name === "any" || existsSync(join(network, name));
  const watching = withKey.filter((probe) => probe.interfaces.some((each) => isHere(each.name)));
  return watching.length === 0 && withKey.length === 1 ? withKey : watching;
}

function chosenCollectors(
  configuration: Configuration,
  names: readonly string[] | null,
  findings: Finding[],
): CollectorSettings[] {
  if (names !== null) return chosen(names, (name) => collectorNamed(configuration, name), findings);
  const ours = new Set([
    "0.0.0.0",
    "::",
    ...Object.values(networkInterfaces()).flatMap((list) => list?.map((each) => each.address) ?? []),
  ]);
  return configuration.collectors.filter((collector) => ours.has(collector.listenAddress));
}

function chosen<T>(names: readonly string[], find: (name: string) => T, findings: Finding[]): T[] {
  return names.flatMap((name) => {
    try {
      return [find(name)];
    } catch (error) {
      findings.push(faultOf("configuration", error));
      return [];
    }
  });
}

function checkKey({ name, keyFile, security }: ProbeSettings): Finding[] {
  if (security === "none") return [];
  try {
    readKeyFile(keyFile);
    return [good("key", `the key of ${name} is in order`)];
  } catch (error) {
    const cause = error instanceof CodedError ? error.cause : null;
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (isMissing)
      return [
        fault(
          "key",
          `the key of ${name}, ${keyFile}, does not exist`,
          `trafMon_makeKey ${name}, or copy it from the other side`,
          EXIT.BAD_CONFIGURATION,
        ),
      ];
    return [faultOf("key", error)];
  }
}

/** A folder that its program makes at its first start is looked at in the one above. */
function existingFolder(path: string): string {
  return existsSync(path) ? path : dirname(path.replace(/\/$/, ""));
}

function onceEach(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ about, what }) => !seen.has(`${about} ${what}`) && seen.add(`${about} ${what}`));
}
