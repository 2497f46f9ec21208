import type { Attribute } from "../schema/attribute.ts";
import type { ElementSchema, Occurs } from "../schema/element.ts";
import { everyElement } from "./every-element.ts";

const HEADING = `# Configuration

Every probe and collector of a site reads one and the same XML file, \`/etc/trafMon/xml/tmon.xml\`. This page names
everything that may stand in it. It is written from the schema in \`packages/settings\`; \`etc/xml/tmon.dtd\` says the same
to editors and to \`xmllint --noout --valid tmon.xml\`.

- **Checking.** \`tmon_probe --check NAME\` and \`tmon_collector --check NAME\` read the file, name everything that is wrong
  at once, by line, and else print the effective settings and their hash. Unknown elements and attributes are refused.
- **Changing.** A new file \`tmon-new.xml\` beside it (or the one named with \`-n\`) is checked as soon as it appears. The
  programs switch to it at its \`startAt\`, without one at once. An invalid file never replaces a running one.
- **Units.** Durations are seconds or bear one of \`ms s min h d\`. Sizes are bytes or bear one of
  \`kB MB GB TB KiB MiB GiB TiB\`. Rates are bits per second or bear one of \`kbit Mbit Gbit\`.
- **Paths** that are relative start at the folder the program was started in.
- **Secrets** are never in this file: keys are files of their own, named here.
- **Services** have their names and ports in \`services.tsv\`, searched beside the file, then beside its folder \`xml\`.
- Entities other than XML's own five, and declarations inside the document type, are refused.

`;

const OCCURS: Readonly<Record<Occurs, string>> = {
  one: "once",
  optional: "at most once",
  any: "any number",
  some: "at least one",
};

/** The text of docs/configuration.md. */
export function manualText(): string {
  return HEADING + everyElement().map(sectionText).join("\n");
}

function sectionText(schema: ElementSchema): string {
  const children = schema.children();
  const holds =
    children.length === 0
      ? ""
      : schema.mixture === null
        ? `Holds: ${children.map((each) => `${link(each.element)} (${OCCURS[each.occurs]})`).join(", ")}.\n\n`
        : `Holds ${schema.mixture.most === 1 ? "one" : "one or more"} of: ${children.map((each) => link(each.element)).join(", ")}.\n\n`;
  return `## ${schema.name}\n\n${inCell(schema.meaning)}\n\n${holds}${attributeTable(schema)}`;
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
