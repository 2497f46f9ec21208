import { flowClassElement } from "../schema/flow-class-element.ts";
import { descendantsOf, type Rule } from "./rule.ts";

/** A packet's classes are the bits of one 32-bit word. */
const MOST_CLASSES = 32;

export const atMost32Classes: Rule = (root, faults) => {
  const classes = descendantsOf(root, flowClassElement);
  const tooMany = classes[MOST_CLASSES];
  if (tooMany === undefined) return;
  faults.add(
    tooMany.source.line,
    tooMany.source.path,
    null,
    `there are ${classes.length} classes`,
    `at most ${MOST_CLASSES}`,
  );
};
