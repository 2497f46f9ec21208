import type { Faults } from "../read/fault.ts";
import type { XmlElement } from "../read/xml-tree.ts";
import { type Attributes, type ReadingContext, Refused, type ValuesOf } from "./attribute.ts";

/** How often a child may stand in its parent. */
export type Occurs = "one" | "optional" | "any" | "some";

export interface Child {
  readonly element: ElementSchema;
  readonly occurs: Occurs;
}

/** One element of the configuration file: what it means, what it holds. The DTD and the manual say the same. */
export interface ElementSchema<A extends Attributes = Attributes> {
  readonly name: string;
  /** Whole sentences. */
  readonly meaning: string;
  readonly attributes: A;
  /** A function, because rules may hold rules. */
  readonly children: () => readonly Child[];
  /** Several kinds of children of which this many are needed in all, in any order; null: each counts for itself. */
  readonly mixture: { readonly least: number; readonly most: number } | null;
}

export function element<const A extends Attributes>(
  declaration: Pick<ElementSchema<A>, "name" | "meaning" | "attributes"> & Partial<ElementSchema<A>>,
): ElementSchema<A> {
  return { children: () => [], mixture: null, ...declaration };
}

/** An element whose form has been checked. Values that were refused are missing. */
export interface ReadElement {
  readonly schema: ElementSchema;
  readonly source: XmlElement;
  readonly values: Readonly<Record<string, unknown>>;
  readonly children: readonly ReadElement[];
}

/** Checks one element and all in it against the schema, and reads its attributes. Faults go to `faults`. */
export function readElement(
  schema: ElementSchema,
  source: XmlElement,
  context: ReadingContext,
  faults: Faults,
): ReadElement {
  const values = readAttributes(schema, source, context, faults);
  const known = schema.children();
  const children: ReadElement[] = [];
  for (const child of source.children) {
    const found = known.find(({ element }) => element.name === child.name);
    if (found === undefined) {
      const allowed = known.length === 0 ? "no elements" : known.map(({ element }) => element.name).join(" ");
      faults.add(child.line, child.path, null, `the element ${child.name} is not known in ${source.name}`, allowed);
    } else {
      children.push(readElement(found.element, child, context, faults));
    }
  }
  checkOccurrences(schema, source, children, faults);
  return { schema, source, values, children };
}

function readAttributes(
  schema: ElementSchema,
  source: XmlElement,
  context: ReadingContext,
  faults: Faults,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, attribute] of Object.entries(schema.attributes)) {
    const given = source.attributes.get(name);
    const text = given?.value.trim() ?? attribute.default;
    if (text === null) {
      if (attribute.required) {
        faults.add(source.line, source.path, name, "the attribute is missing", attribute.kind.allowed);
      } else values[name] = null;
      continue;
    }
    const value = attribute.kind.read(text, context);
    if (value instanceof Refused) {
      const problem = `${JSON.stringify(shortened(text))} is not allowed${value.because === null ? "" : `, ${value.because}`}`;
      faults.add(given?.line ?? source.line, source.path, name, problem, attribute.kind.allowed);
    } else values[name] = value;
  }
  for (const [name, { line }] of source.attributes) {
    if (Object.hasOwn(schema.attributes, name)) continue;
    const allowed = Object.keys(schema.attributes).join(" ") || "no attributes";
    faults.add(line, source.path, name, "the attribute is not known", allowed);
  }
  return values;
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

function checkOccurrences(
  schema: ElementSchema,
  source: XmlElement,
  children: readonly ReadElement[],
  faults: Faults,
): void {
  if (schema.mixture !== null) {
    const { least, most } = schema.mixture;
    const names = schema.children().map(({ element }) => element.name);
    // A child that is not known has been told already; it may be the very one that is wanted.
    const n = source.children.length;
    if (n < least)
      faults.add(source.line, source.path, null, `${source.name} is empty`, `${least} of ${names.join(" ")}`);
    if (n > most) faults.add(source.line, source.path, null, `${source.name} holds ${n} elements`, `at most ${most}`);
    return;
  }
  for (const { element, occurs } of schema.children()) {
    const found = children.filter((child) => child.schema.name === element.name);
    if (found.length === 0 && (occurs === "one" || occurs === "some")) {
      faults.add(source.line, source.path, null, `the element ${element.name} is missing`);
    }
    if (occurs !== "one" && occurs !== "optional") continue;
    for (const again of found.slice(1)) {
      faults.add(again.source.line, again.source.path, null, `the element ${element.name} stands here twice`, "once");
    }
  }
}

/** Children of a schema, in order of the file. */
export function childrenOf(parent: ReadElement, schema: ElementSchema): readonly ReadElement[] {
  return parent.children.filter((child) => child.schema.name === schema.name);
}

/** All values of an element. Only for one without faults. */
export function valuesOf<A extends Attributes>(read: ReadElement, _schema: ElementSchema<A>): ValuesOf<A> {
  return read.values as ValuesOf<A>;
}

/** The values that could be read: for rules, which also run over files with faults. */
export function partialValuesOf<A extends Attributes>(
  read: ReadElement,
  _schema: ElementSchema<A>,
): Partial<ValuesOf<A>> {
  return read.values as Partial<ValuesOf<A>>;
}

/** The values an element would have if it stood there without attributes. */
export function defaultValuesOf<A extends Attributes>(schema: ElementSchema<A>, context: ReadingContext): ValuesOf<A> {
  return Object.fromEntries(
    Object.entries(schema.attributes).map(([name, attribute]) => [
      name,
      attribute.default === null ? null : attribute.kind.read(attribute.default, context),
    ]),
  ) as ValuesOf<A>;
}
