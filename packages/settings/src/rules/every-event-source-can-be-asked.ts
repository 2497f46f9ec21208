import { partialValuesOf } from "../schema/element.ts";
import { eventSourceElement } from "../schema/event-source-element.ts";
import { descendantsOf, type Rule } from "./rule.ts";

export const everyEventSourceCanBeAsked: Rule = (root, faults) => {
  for (const read of descendantsOf(root, eventSourceElement)) {
    const { source } = read;
    const { program, file, every, timeLimit } = partialValuesOf(read, eventSourceElement);
    const tell = (attribute: string, problem: string, allowed: string) =>
      faults.add(source.attributes.get(attribute)?.line ?? source.line, source.path, attribute, problem, allowed);
    if (program === null && file === null)
      tell("program", "there is neither a program to run nor a file to read", "program or file");
    if (typeof program === "object" && program !== null && typeof file === "string")
      tell("file", "there is a program as well", "program or file, not both");
    // A look that may outlast the next one would have them pile up.
    if (every !== undefined && timeLimit !== undefined && timeLimit >= every)
      tell("timeLimit", "the next look would come before this one is given up", "less than every");
  }
};
