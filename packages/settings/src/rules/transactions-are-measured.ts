import { flowClassElement } from "../schema/flow-class-element.ts";
import { transactionsElement } from "../schema/measurements/transactions.ts";
import { twoWayDelaysElement } from "../schema/measurements/two-way-delays.ts";
import { descendantsOf, type Rule } from "./rule.ts";

/** Transactions are what two-way delays are measured of. */
export const transactionsAreMeasured: Rule = (root, faults) => {
  for (const flowClass of descendantsOf(root, flowClassElement)) {
    const asks = (name: string) => flowClass.source.children.find((child) => child.name === name);
    const asked = asks(transactionsElement.name);
    if (asked === undefined || asks(twoWayDelaysElement.name) !== undefined) continue;
    faults.add(asked.line, asked.path, null, "the class has transactions but no twoWayDelays", "both, or neither");
  }
};
