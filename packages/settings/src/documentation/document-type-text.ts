import type { Attribute } from "../schema/attribute.ts";
import type { ElementSchema, Occurs } from "../schema/element.ts";
import { everyElement } from "./every-element.ts";
import { wrapped } from "./wrapped.ts";

const OCCURS: Readonly<Record<Occurs, string>> = { one: "", optional: "?", any: "*", some: "+" };

/** The text of a commented DTD. `about`: what stands in the comment at its head, indented by two. */
export function documentTypeText(root: ElementSchema, about: string): string {
  const heading = `<?xml version="1.0" encoding="UTF-8"?>\n<!--\n${about}\n-->\n`;
  return [heading, ...everyElement(root).map(elementText)].join("\n");
}

function elementText(schema: ElementSchema): string {
  const attributes = Object.entries(schema.attributes);
  const about = [
    ...wrapped(schema.meaning, "  "),
    ...attributes.flatMap(([name, attribute]) => ["", ...attributeComment(name, attribute)]),
  ];
  const comment = `<!--\n${about.join("\n")}\n-->\n`;
  if (comment.slice(4, -4).includes("--")) throw new Error(`a comment cannot hold two hyphens: ${schema.name}`);
  const width = Math.max(0, ...attributes.map(([name]) => name.length));
  const list = attributes.map(([name, attribute]) => `\n  ${name.padEnd(width)} ${typeText(attribute)}`).join("");
  const attlist = list === "" ? "" : `<!ATTLIST ${schema.name}${list}>\n`;
  return `${comment}<!ELEMENT ${schema.name} ${contentText(schema)}>\n${attlist}`;
}

function attributeComment(name: string, attribute: Attribute<unknown>): string[] {
  const absence = attribute.required
    ? "Must be given."
    : attribute.default === null
      ? `Absent: ${attribute.absent}`
      : `Absent: ${attribute.default === "" ? "empty" : attribute.default}.`;
  return [
    `  ${name}`,
    ...wrapped(attribute.meaning, "    "),
    ...wrapped(`Allowed: ${attribute.kind.allowed}.`, "    "),
    ...wrapped(absence, "    "),
  ];
}

function typeText({ kind, required, default: text }: Attribute<unknown>): string {
  const type = kind.words === undefined ? "CDATA" : `(${kind.words.join("|")})`;
  return `${type} ${required ? "#REQUIRED" : text === null ? "#IMPLIED" : JSON.stringify(text)}`;
}

function contentText(schema: ElementSchema): string {
  const children = schema.children();
  if (children.length === 0) return "EMPTY";
  if (schema.mixture === null) return `(${children.map((each) => each.element.name + OCCURS[each.occurs]).join(", ")})`;
  const { least, most } = schema.mixture;
  return `(${children.map((each) => each.element.name).join(" | ")})${most === 1 ? "" : least === 0 ? "*" : "+"}`;
}
