import { partialValuesOf } from "../schema/element.ts";
import { partitionElement } from "../schema/partition-element.ts";
import { descendantsOf, type Rule } from "./rule.ts";

/** Prefix lengths go with prefixes only, and ports mean nothing where TCP and UDP are counted as one. */
export const partitionMakesSense: Rule = (root, faults) => {
  for (const partition of descendantsOf(root, partitionElement)) {
    const values = partialValuesOf(partition, partitionElement);
    const { source } = partition;
    for (const bits of ["v4Bits", "v6Bits"] as const) {
      const given = source.attributes.get(bits);
      if (given === undefined || values.addresses === undefined || values.addresses === "prefix") continue;
      faults.add(
        given.line,
        source.path,
        bits,
        `means nothing with addresses="${values.addresses}"`,
        'addresses="prefix"',
      );
    }
    if (values.ports === true && values.protocol === false) {
      const line = source.attributes.get("ports")?.line ?? source.line;
      faults.add(
        line,
        source.path,
        "ports",
        'ports="yes" mixes the ports of TCP and UDP with protocol="no"',
        'protocol="yes"',
      );
    }
  }
};
