import { partialValuesOf, type Rule } from "@trafmon/settings/schema";
import { snmpElement } from "../schema/exchange-elements.ts";
import { faultAt, trafficOf } from "./traffic-of.ts";

export const requestsMakeSense: Rule = (root, faults) => {
  for (const each of trafficOf(root)) {
    const { unanswered, late, repeated, timeout, repeatAfter } = each.values as Readonly<Record<string, unknown>>;
    if (typeof unanswered === "number" && typeof late === "number" && unanswered + late > 1)
      faultAt(each, "late", faults, "unanswered and late are more than all requests", "at most 1 in all");
    if (
      typeof repeated === "number" &&
      repeated > 0 &&
      typeof timeout === "number" &&
      typeof repeatAfter === "number" &&
      repeatAfter >= timeout
    )
      faultAt(each, "repeatAfter", faults, "requests are given up by then", "less than timeout");
    if (each.schema.name !== snmpElement.name) continue;
    const { version, pdu } = partialValuesOf(each, snmpElement);
    if (version === "1" && pdu === "getBulk")
      faultAt(each, "pdu", faults, "version 1 has no getBulk", "get, getNext or set");
  }
};
