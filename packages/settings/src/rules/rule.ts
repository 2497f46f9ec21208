import type { Faults } from "../read/fault.ts";
import type { ReadElement } from "../schema/element.ts";

/**
 * Something that must hold over the whole file. Runs also over files with other faults, so it looks only at values
 * that could be read.
 */
export type Rule = (root: ReadElement, faults: Faults) => void;

/** All elements of a schema below this one, in order of the file. */
export function descendantsOf(read: ReadElement, schema: { readonly name: string }): readonly ReadElement[] {
  return read.children.flatMap((child) => [
    ...(child.schema === schema ? [child] : []),
    ...descendantsOf(child, schema),
  ]);
}
