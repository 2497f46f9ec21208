import type { Attribute } from "../schema/attribute.ts";
import type { ElementSchema, Occurs } from "../schema/element.ts";
import { everyElement } from "./every-element.ts";

const OCCURS: Readonly<Record<Occurs, string>> = {
  one: "once",
  optional: "at most once",
  any: "any number",
  some: "at least one",
};

/** A manual of a schema: the heading, and a section for every element. */
export function manualText(root: ElementSchema, heading: string): string {
  return heading + everyElement(root).map(sectionText).join("\n");
}

function sectionText(schema: ElementSchema): string {
  const children = schema.children();
  const holds =
    children.length === 0
      ? ""
      : schema.mixture === null
        ? `Holds: ${children.map((each) => `${link(each.element)} (${OCCURS[each.occurs]})`).join(", ")}.\n\n`
        : `Holds ${amount(schema.mixture)} of: ${children.map((each) => link(each.element)).join(", ")}.\n\n`;
  return `## ${schema.name}\n\n${inCell(schema.meaning)}\n\n${holds}${attributeTable(schema)}`;
}

function amount({ least, most }: { readonly least: number; readonly most: number }): string {
  return most === 1 ? "one" : least === 0 ? "any number" : "one or more";
}

function attributeTable(schema: ElementSchema): string {
  const attributes = Object.entries(schema.attributes);
  if (attributes.length === 0) return "";
  const rows = attributes.map(
    ([name, attribute]) =>
      `| \`${name}\` | ${inCell(attribute.meaning)} | ${inCell(attribute.kind.allowed)} | ${absence(attribute)} |\n`,
  );
  return `| attribute | meaning | allowed | when absent |\n|---|---|---|---|\n${rows.join("")}`;
}

function absence(attribute: Attribute<unknown>): string {
  if (attribute.required) return "must be given";
  if (attribute.default === null) return inCell(attribute.absent ?? "");
  return attribute.default === "" ? "empty" : `\`${attribute.default}\``;
}

function link({ name }: ElementSchema): string {
  return `[${name}](#${name.toLowerCase()})`;
}

function inCell(text: string): string {
  return text.replace(/\|/g, "\\|").replace(/</g, "&lt;");
}
