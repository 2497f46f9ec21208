import type { ElementSchema } from "../schema/element.ts";

/** All elements below a root, and the root, each once, parents before children. */
export function everyElement(root: ElementSchema): readonly ElementSchema[] {
  const found = new Map<string, ElementSchema>();
  const visit = (schema: ElementSchema) => {
    const before = found.get(schema.name);
    // A DTD knows one meaning per name, so the schema must too.
    if (before !== undefined && before !== schema) throw new Error(`two elements are called ${schema.name}`);
    if (before !== undefined) return;
    found.set(schema.name, schema);
    for (const child of schema.children()) visit(child.element);
  };
  visit(root);
  return [...found.values()];
}
