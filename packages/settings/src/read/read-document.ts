import type { Rule } from "../rules/rule.ts";
import type { ReadingContext } from "../schema/attribute.ts";
import { type ElementSchema, type ReadElement, readElement } from "../schema/element.ts";
import type { Faults } from "./fault.ts";
import { readXmlTree } from "./xml-tree.ts";

/**
 * Reads the text or bytes of an XML file against its schema and rules. Everything that is wrong goes to `faults`; the
 * result is null when there was no tree of that root to go on with, and must not be used when there are faults.
 */
export function readDocument(
  given: string | Uint8Array,
  root: ElementSchema,
  rules: readonly Rule[],
  context: ReadingContext,
  faults: Faults,
): ReadElement | null {
  let text: string;
  try {
    text = typeof given === "string" ? given : new TextDecoder("utf-8", { fatal: true }).decode(given);
  } catch {
    faults.add(1, "", null, "the file is not UTF-8 text");
    return null;
  }
  const tree = readXmlTree(text, faults);
  if (tree === null) return null;
  if (tree.name !== root.name) {
    faults.add(tree.line, tree.path, null, `the root element is ${tree.name}`, root.name);
    return null;
  }
  const read = readElement(root, tree, context, faults);
  for (const rule of rules) rule(read, faults);
  return read;
}
