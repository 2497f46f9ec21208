import type { Faults } from "../read/fault.ts";
import { alertElement } from "../schema/alert-element.ts";
import { collectorElement } from "../schema/collector-element.ts";
import { drainToElement } from "../schema/drain-to-element.ts";
import { childrenOf, type ElementSchema, type ReadElement } from "../schema/element.ts";
import { eventSourceElement } from "../schema/event-source-element.ts";
import { flowClassElement } from "../schema/flow-class-element.ts";
import { forwardToElement } from "../schema/forward-to-element.ts";
import { objectiveElement } from "../schema/objective-element.ts";
import { interfaceElement, probeElement, sendToElement } from "../schema/probe-element.ts";
import { signatureElement } from "../schema/request-protocols-element.ts";
import { descendantsOf, type Rule } from "./rule.ts";

export const namesAreUnique: Rule = (root, faults) => {
  for (const schema of [collectorElement, probeElement, flowClassElement, signatureElement]) {
    checkUnique(descendantsOf(root, schema as ElementSchema), "name", faults);
  }
  for (const schema of [collectorElement, probeElement, flowClassElement]) {
    for (const each of descendantsOf(root, schema as ElementSchema))
      checkUnique(childrenOf(each, alertElement), "name", faults);
  }
  for (const flowClass of descendantsOf(root, flowClassElement))
    checkUnique(childrenOf(flowClass, objectiveElement), "name", faults);
  for (const collector of descendantsOf(root, collectorElement)) {
    // Of one that is forwarded to everything that waits is sent anyway.
    const targets = [...childrenOf(collector, forwardToElement), ...childrenOf(collector, drainToElement)];
    checkUnique(targets, "collector", faults);
  }
  for (const probe of descendantsOf(root, probeElement)) {
    checkUnique(childrenOf(probe, interfaceElement), "name", faults);
    checkUnique(childrenOf(probe, sendToElement), "collector", faults);
    checkUnique(childrenOf(probe, eventSourceElement), "name", faults);
  }
};

/** Names are compared without case: they become file names, and MariaDB compares so too. */
function checkUnique(elements: readonly ReadElement[], attribute: string, faults: Faults): void {
  const lineOf = new Map<string, number>();
  for (const { source, values } of elements) {
    const name = values[attribute];
    if (typeof name !== "string") continue;
    const key = name.toLowerCase();
    const line = source.attributes.get(attribute)?.line ?? source.line;
    const before = lineOf.get(key);
    if (before === undefined) lineOf.set(key, line);
    else faults.add(line, source.path, attribute, `"${name}" stands in line ${before} already`, "a name of its own");
  }
}
