import { isIP } from "node:net";
import { collectorElement } from "../schema/collector-element.ts";
import { drainToElement } from "../schema/drain-to-element.ts";
import { childrenOf, partialValuesOf, type ReadElement } from "../schema/element.ts";
import { forwardToElement } from "../schema/forward-to-element.ts";
import { probeElement, sendToElement } from "../schema/probe-element.ts";
import { descendantsOf, type Rule } from "./rule.ts";

/** A `sendTo`, `forwardTo` or `drainTo` names a collector of the file, both say the same about security, and it is known where to send. */
export const everySendToFitsItsCollector: Rule = (root, faults) => {
  const collectors = descendantsOf(root, collectorElement).map((each) => partialValuesOf(each, collectorElement));
  const names = collectors.flatMap((each) => each.name ?? []);
  const senders: { what: string; name?: string; security?: string; targets: readonly ReadElement[] }[] = [
    ...descendantsOf(root, probeElement).map((each) => ({
      what: "probe",
      ...partialValuesOf(each, probeElement),
      targets: childrenOf(each, sendToElement),
    })),
    ...descendantsOf(root, collectorElement).map((each) => ({
      what: "collector",
      ...partialValuesOf(each, collectorElement),
      targets: [...childrenOf(each, forwardToElement), ...childrenOf(each, drainToElement)],
    })),
  ];
  for (const { what, name, security, targets } of senders) {
    for (const { source, values } of targets) {
      const { collector: wanted, address } = values as Partial<{ collector: string; address: unknown }>;
      if (wanted === undefined) continue;
      const line = source.attributes.get("collector")?.line ?? source.line;
      const collector = collectors.find((each) => each.name === wanted);
      if (collector === undefined) {
        // A collector whose own name is refused may be the one meant.
        if (names.length < collectors.length) continue;
        faults.add(line, source.path, "collector", `"${wanted}" is no collector of this file`, names.join(" ") || null);
        continue;
      }
      if (security !== undefined && collector.security !== undefined && security !== collector.security) {
        const problem = `${what} ${name ?? "?"} says security="${security}", collector ${wanted} "${collector.security}"`;
        faults.add(line, source.path, "collector", problem, "the same on both sides");
      }
      if (address === null && collector.listen !== undefined && !isTarget(collector.listen)) {
        const listen = `${collector.listen.address} port ${collector.listen.port}`;
        const problem = `the attribute is missing, and the collector listens on ${listen}, where nothing can be sent`;
        faults.add(source.line, source.path, "address", problem, sendToElement.attributes.address.kind.allowed);
      }
    }
  }
};

/** Whether datagrams can be sent there: one address and one port. */
function isTarget({ address, port }: { readonly address: string; readonly port: number }): boolean {
  const isUnspecified = isIP(address) === 4 ? address === "0.0.0.0" : /^[0:.]+$/.test(address);
  return port !== 0 && !isUnspecified;
}
