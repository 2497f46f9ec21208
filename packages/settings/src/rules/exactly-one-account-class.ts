import { partialValuesOf } from "../schema/element.ts";
import { flowClassElement } from "../schema/flow-class-element.ts";
import { ipCountersElement } from "../schema/measurements/ip-counters.ts";
import { flowClassesElement } from "../schema/root-element.ts";
import { descendantsOf, type Rule } from "./rule.ts";

export const exactlyOneAccountClass: Rule = (root, faults) => {
  const classes = descendantsOf(root, flowClassElement);
  const accounts = classes.filter((each) => partialValuesOf(each, flowClassElement).account === true);
  const [first, ...more] = accounts;
  // A class whose `account` could not be read may be the one; its own fault has been told.
  const unread = classes.some((each) => partialValuesOf(each, flowClassElement).account === undefined);
  if (first === undefined && classes.length > 0 && !unread) {
    const [holder] = descendantsOf(root, flowClassesElement);
    const { line, path } = (holder ?? root).source;
    faults.add(line, path, null, "no class accounts for the volumes", 'exactly one flowClass with account="yes"');
  }
  for (const { source } of more) {
    const line = source.attributes.get("account")?.line ?? source.line;
    faults.add(line, source.path, "account", "a second class accounts for the volumes", 'exactly one account="yes"');
  }
  for (const { source } of accounts.filter((each) => partialValuesOf(each, flowClassElement).header === "inner")) {
    // What the line carried is the outer packet; tunnel headers would be in no volume, and sums would not be the capture's.
    const line = source.attributes.get("header")?.line ?? source.line;
    const text = "the account class counts what the line carries: outer packets";
    faults.add(line, source.path, "header", text, 'header="outer", and another class for what is in tunnels');
  }
  if (first !== undefined && !first.source.children.some((child) => child.name === ipCountersElement.name)) {
    faults.add(
      first.source.line,
      first.source.path,
      null,
      "the account class has no ipCounters, which volumes are made of",
    );
  }
};
