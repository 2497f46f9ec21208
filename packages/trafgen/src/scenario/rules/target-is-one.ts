import { childrenOf, partialValuesOf, type Rule } from "@trafmon/settings/schema";
import { targetElement } from "../schema/root-element.ts";
import { faultAt } from "./traffic-of.ts";

export const targetIsOne: Rule = (root, faults) => {
  for (const target of childrenOf(root, targetElement)) {
    const values = partialValuesOf(target, targetElement);
    const given = [
      ...(target.source.attributes.has("captureFile") ? ["captureFile"] : []),
      ...(target.source.attributes.has("interface") ? ["interface"] : []),
      ...(values.sockets === true ? ["sockets"] : []),
    ];
    if (given.length !== 1) {
      const problem = given.length === 0 ? "it names no target" : `it names ${given.join(" and ")}`;
      faults.add(target.source.line, target.source.path, null, problem, "one of captureFile, interface, sockets");
    }
    for (const mac of ["sourceMac", "destinationMac"])
      if (target.source.attributes.has(mac) && values.sockets === true)
        faultAt(target, mac, faults, "the operating system makes the frames of sockets");
  }
};
