import { childrenOf, partialValuesOf } from "../schema/element.ts";
import { hopElement, oneWayElement } from "../schema/measurements/one-way.ts";
import { interfaceElement, probeElement } from "../schema/probe-element.ts";
import { descendantsOf, type Rule } from "./rule.ts";

/** A way has two hops at least, each watched by a probe and interface of the file, and by no other hop of the way. */
export const everyHopIsWatched: Rule = (root, faults) => {
  const probes = descendantsOf(root, probeElement).map((each) => ({
    name: partialValuesOf(each, probeElement).name,
    interfaces: childrenOf(each, interfaceElement).map((one) => partialValuesOf(one, interfaceElement).name),
  }));
  // A probe or interface whose own name is refused may be the one meant.
  if (probes.some(({ name, interfaces }) => name === undefined || interfaces.includes(undefined))) return;
  for (const way of descendantsOf(root, oneWayElement)) {
    const hops = childrenOf(way, hopElement);
    if (hops.length === 1) faults.add(way.source.line, way.source.path, null, "the way has one hop", "two or more");
    const taken: { readonly probe: string; readonly interface: string | null }[] = [];
    for (const { source, ...read } of hops) {
      const { probe: name, interface: at } = partialValuesOf({ source, ...read }, hopElement);
      if (name === undefined || at === undefined) continue;
      const lineOf = (attribute: string) => source.attributes.get(attribute)?.line ?? source.line;
      const probe = probes.find((each) => each.name === name);
      if (probe === undefined) {
        const known = probes.map((each) => each.name).join(" ") || null;
        faults.add(lineOf("probe"), source.path, "probe", `"${name}" is no probe of this file`, known);
      } else if (at !== null && probe.interfaces.length > 0 && !probe.interfaces.includes(at)) {
        const problem = `"${at}" is no interface of the probe ${name}`;
        faults.add(lineOf("interface"), source.path, "interface", problem, probe.interfaces.join(" "));
      } else if (
        taken.some((each) => each.probe === name && (each.interface === null || at === null || each.interface === at))
      ) {
        faults.add(source.line, source.path, null, "an earlier hop is watched there already", "a place of its own");
      }
      taken.push({ probe: name, interface: at });
    }
  }
};
