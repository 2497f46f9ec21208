import type { ReadElement, Rule } from "@trafmon/settings/schema";
import type { AddressSet } from "../address-set.ts";
import { ftpElement } from "../schema/exchange-elements.ts";
import { faultAt, trafficOf } from "./traffic-of.ts";

/** Families agree, and what is given twice is refused. */
export const endsFit: Rule = (root, faults) => {
  for (const each of trafficOf(root)) {
    const from = familyOf(each, "from");
    const to = familyOf(each, "to");
    if (from !== null && to !== null && from !== to)
      faultAt(each, "to", faults, `it is IPv${to}, but from is IPv${from}`, "addresses of one family");
    const { dscp, tos, mode } = each.values;
    if (dscp !== undefined && dscp !== null && tos !== undefined && tos !== null)
      faultAt(each, "tos", faults, "dscp is given too, which is part of the same octet", "one of the two");
    if (each.schema.name === ftpElement.name && from === 6 && (mode === "PORT" || mode === "PASV"))
      faultAt(each, "mode", faults, `${mode} cannot carry IPv6 addresses`, "EPRT or EPSV");
  }
};

/** 4 or 6; null where the attribute could not be read. */
export function familyOf(read: ReadElement, attribute: string): 4 | 6 | null {
  const set = read.values[attribute] as AddressSet | undefined;
  return set?.family ?? null;
}
