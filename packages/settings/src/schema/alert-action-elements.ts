import type { AlertCommandSettings, TrapTargetSettings } from "../model/alert-settings.ts";
import { optional, required, withDefault } from "./attribute.ts";
import { childrenOf, element, type ReadElement, valuesOf } from "./element.ts";
import { targetEndpoint } from "./network-kinds.ts";
import { durationMs } from "./number-kinds.ts";
import { choice, name, path, programLine } from "./text-kinds.ts";

export const onAlertElement = element({
  name: "onAlert",
  meaning:
    "A program that is run when an alert is raised or cleared. What happened stands in its environment, never on its command line, and no shell is asked: docs/alerts.md names the variables. It has none of the collector's privileges.",
  attributes: {
    program: required(
      programLine,
      "Program to run, by its full path, and its arguments, separated by blanks; no shell reads them.",
    ),
    timeLimit: withDefault(
      durationMs("100ms", "10min"),
      "10s",
      "What takes longer is ended, with all processes it started, and told in the log.",
    ),
    user: withDefault(
      name,
      "nobody",
      "User it runs as when the collector runs as root. Another collector cannot change user: it then runs as the collector's own, without capabilities.",
    ),
  },
});

export const trapToElement = element({
  name: "trapTo",
  meaning:
    "A manager that is sent an SNMP notification when an alert is raised or cleared. etc/snmp/TRAFMON-MIB.txt says what is in it.",
  attributes: {
    address: required(targetEndpoint, "Address and UDP port of the manager; 162 is SNMP's own."),
    version: withDefault(choice("2c", "3"), "2c", "Version of SNMP. Only version 3 authenticates and encrypts."),
    credentials: optional(
      path,
      "File of the community (version 2c) or of the user and its passwords (version 3), mode 0600; docs/alerts.md says how it is written.",
      "/etc/trafMon/cred/ followed by the collector's name and .snmp.",
    ),
  },
});

export function alertCommands(parent: ReadElement): readonly AlertCommandSettings[] {
  return childrenOf(parent, onAlertElement).map((read) => {
    const { program, timeLimit, user } = valuesOf(read, onAlertElement);
    return { program, timeLimitMs: timeLimit, user };
  });
}

export function trapTargets(parent: ReadElement, collector: string): readonly TrapTargetSettings[] {
  return childrenOf(parent, trapToElement).map((read) => {
    const { address, version, credentials } = valuesOf(read, trapToElement);
    return { ...address, version, credentialsFile: credentials ?? `/etc/trafMon/cred/${collector}.snmp` };
  });
}
