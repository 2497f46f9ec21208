import { readFileSync } from "node:fs";
import { readServices } from "@trafmon/settings";
import { childrenOf, Faults, faultsText, type ReadElement, readDocument, valuesOf } from "@trafmon/settings/schema";
import { trafgenError } from "../errors.ts";
import { rules } from "./rules/catalogue.ts";
import type { Hop, Scenario, Target, Traffic } from "./scenario.ts";
import { conversationElement, conversationTraffic } from "./schema/conversation-element.ts";
import { exchangeTraffic } from "./schema/exchange-elements.ts";
import { hopElement, pathElement, rootElement, targetElement, trafficElement } from "./schema/root-element.ts";
import { streamElement, streamTraffic } from "./schema/stream-element.ts";

/**
 * Reads and checks a scenario.
 * @throws {CodedError} TRAFGEN_SCENARIO_UNREADABLE, TRAFGEN_SCENARIO_INVALID with all faults at once
 */
export function readScenario(path: string): Scenario {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw trafgenError("TRAFGEN_SCENARIO_UNREADABLE", `cannot read ${path}: ${(cause as Error).message}`, cause);
  }
  return parseScenario(bytes, path);
}

/**
 * Checks the text or bytes of a scenario and makes the typed, frozen one of it. `fileName` is for messages.
 * @throws {CodedError} TRAFGEN_SCENARIO_INVALID with all faults at once
 */
export function parseScenario(given: string | Uint8Array, fileName: string): Scenario {
  const faults = new Faults();
  const read = readDocument(given, rootElement, rules, { services: readServices() }, faults);
  if (read === null || !faults.isEmpty)
    throw trafgenError("TRAFGEN_SCENARIO_INVALID", faultsText(fileName, faults.sorted()));
  return toScenario(read);
}

function toScenario(read: ReadElement): Scenario {
  const { title, seed, startAt, cycles, pause, mtu } = valuesOf(read, rootElement);
  const [target] = childrenOf(read, targetElement);
  const hops = childrenOf(read, pathElement).flatMap((path) => childrenOf(path, hopElement).map(hopOf));
  const traffic = childrenOf(read, trafficElement).flatMap(({ children }) => children);
  return Object.freeze({
    title,
    seed,
    startAt,
    cycles,
    pauseNs: pause,
    mtuBytes: mtu,
    target: target === undefined ? null : targetOf(target),
    hops,
    traffic: traffic.map((each, i) => trafficOf(each, i + 1, mtu, hops)),
  });
}

function targetOf(read: ReadElement): Target {
  const values = valuesOf(read, targetElement);
  if (values.captureFile !== null) return { kind: "captureFile", path: values.captureFile };
  if (values.interface === null) return { kind: "sockets" };
  const { interface: name, sourceMac, destinationMac } = values;
  return { kind: "interface", name, sourceMac, destinationMac };
}

function hopOf(read: ReadElement): Hop {
  const values = valuesOf(read, hopElement);
  return {
    name: values.name,
    delayNs: values.delay,
    jitterNs: values.jitter,
    loss: values.loss,
    duplicates: values.duplicates,
    reordered: values.reordered,
    reorderedByNs: values.reorderedBy,
    missed: values.missed,
    doubled: values.doubled,
    clockOffsetNs: values.clockOffset,
    routers: values.routers,
  };
}

function trafficOf(read: ReadElement, number: number, mtuBytes: number, hops: readonly Hop[]): Traffic {
  if (read.schema === streamElement) return streamTraffic(read, number);
  if (read.schema === conversationElement) return conversationTraffic(read, number, mtuBytes, hops);
  return exchangeTraffic(read, number, mtuBytes);
}
