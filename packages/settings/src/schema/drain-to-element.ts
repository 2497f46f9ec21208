import type { DrainToSettings } from "../model/collector-settings.ts";
import { element, type ReadElement, valuesOf } from "./element.ts";
import { forwardToElement, wayTo } from "./forward-to-element.ts";
import type { Endpoint } from "./network-kinds.ts";

const { collector, address, rate, keyFile } = forwardToElement.attributes;

export const drainToElement = element({
  name: "drainTo",
  meaning:
    "A collector that forwardTo named before: it gets what still waits for it in stateDir, and nothing new. To name another in forwardTo without leaving anything behind, make a drainTo of the old one, and take that out when the event forward_drained has come or /health says that nothing waits. A change counts as soon as the file is in force, at both collectors.",
  attributes: { collector, address, rate, keyFile },
});

/** `listenOf`: where a collector of the file listens. */
export function drainToSettings(
  read: ReadElement,
  ownName: string,
  listenOf: (collector: string) => Endpoint | undefined,
): DrainToSettings {
  return wayTo(valuesOf(read, drainToElement), ownName, listenOf);
}
