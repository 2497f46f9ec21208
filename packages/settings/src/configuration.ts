import { readFileSync } from "node:fs";
import { CodedError, EXIT } from "@trafmon/runtime";
import { configurationHash } from "./configuration-hash.ts";
import { settingsError, settingsErrors } from "./errors.ts";
import type { CollectorSettings } from "./model/collector-settings.ts";
import type { Configuration } from "./model/configuration.ts";
import type { ProbeSettings } from "./model/probe-settings.ts";
import { type Fault, Faults, faultsText } from "./read/fault.ts";
import { readDocument } from "./read/read-document.ts";
import { rules } from "./rules/catalogue.ts";
import { descendantsOf } from "./rules/rule.ts";
import type { ReadingContext } from "./schema/attribute.ts";
import { collectorElement, collectorSettings } from "./schema/collector-element.ts";
import { type ReadElement, valuesOf } from "./schema/element.ts";
import { flowClassElement, flowClassSettings } from "./schema/flow-class-element.ts";
import { probeElement, probeSettings } from "./schema/probe-element.ts";
import { requestProtocolPorts, requestProtocolsElement } from "./schema/request-protocols-element.ts";
import { rootElement } from "./schema/root-element.ts";
import { findServicesFile, readServices, type Services } from "./services.ts";

/** A configuration file that cannot be used, with everything that is wrong in it. */
export class SettingsInvalid extends CodedError {
  /** Sorted by line. */
  readonly faults: readonly Fault[];

  constructor(fileName: string, faults: readonly Fault[]) {
    super("SETTINGS_INVALID", faultsText(fileName, faults), {
      hint: settingsErrors.SETTINGS_INVALID.hint,
      exitCode: EXIT.BAD_CONFIGURATION,
    });
    this.faults = faults;
  }
}

/**
 * Reads and checks a configuration file. The services are those that go with it (`findServicesFile`).
 * @throws {CodedError} SETTINGS_UNREADABLE, SETTINGS_INVALID with all faults at once, SETTINGS_SERVICES_INVALID
 */
export function readConfiguration(path: string, services?: Services): Configuration {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw settingsError("SETTINGS_UNREADABLE", `cannot read ${path}: ${(cause as Error).message}`, cause);
  }
  return parseConfiguration(bytes, path, services ?? readServices(findServicesFile(path)));
}

/**
 * Checks the text or bytes of a configuration file and makes the typed, frozen configuration of it. `fileName` is for
 * messages. Without `services` the shipped ones are taken.
 * @throws {CodedError} SETTINGS_INVALID with all faults at once
 */
export function parseConfiguration(
  given: string | Uint8Array,
  fileName: string,
  services: Services = readServices(),
): Configuration {
  const faults = new Faults();
  const context: ReadingContext = { services };
  const read = readDocument(given, rootElement, rules, context, faults);
  if (read === null || !faults.isEmpty) throw new SettingsInvalid(fileName, faults.sorted());
  return deepFreeze(toConfiguration(read, context));
}

function toConfiguration(read: ReadElement, context: ReadingContext): Configuration {
  const { site, startAt } = valuesOf(read, rootElement);
  const collectors = descendantsOf(read, collectorElement).map((each, _, all) => collectorSettings(each, all));
  const ports = requestProtocolPorts(descendantsOf(read, requestProtocolsElement)[0], context);
  const settings = {
    site,
    startAt,
    collectors,
    probes: descendantsOf(read, probeElement).map((each) => probeSettings(each, collectors)),
    flowClasses: descendantsOf(read, flowClassElement).map((each) => flowClassSettings(each, context, ports)),
  };
  return { ...settings, hash: configurationHash(settings, context.services) };
}

function deepFreeze<T>(value: T): T {
  // Bytes of an address cannot be frozen; nothing writes to them.
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  for (const each of Object.values(value)) deepFreeze(each);
  return Object.freeze(value);
}

/** @throws {CodedError} SETTINGS_NAME_UNKNOWN */
export function probeNamed(configuration: Configuration, name: string): ProbeSettings {
  return named(configuration.probes, name, "probe");
}

/** @throws {CodedError} SETTINGS_NAME_UNKNOWN */
export function collectorNamed(configuration: Configuration, name: string): CollectorSettings {
  return named(configuration.collectors, name, "collector");
}

function named<T extends { readonly name: string }>(all: readonly T[], name: string, what: string): T {
  const found = all.find((each) => each.name === name);
  if (found !== undefined) return found;
  const names = all.map((each) => each.name).join(", ");
  throw settingsError(
    "SETTINGS_NAME_UNKNOWN",
    `cannot find the ${what} ${name}: the configuration has ${names || "none"}`,
  );
}
