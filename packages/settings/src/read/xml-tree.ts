import { XMLParser } from "fast-xml-parser";
import { checkForm, MOST_LEVELS } from "./check-form.ts";
import { decodeReferences } from "./decode-references.ts";
import { blankDocumentType } from "./document-type.ts";
import type { Faults } from "./fault.ts";

/** An element as it stands in the file. */
export interface XmlElement {
  readonly name: string;
  /** Names from the root down to this one, joined by `/`. */
  readonly path: string;
  /** Line of the start tag, from 1. */
  readonly line: number;
  readonly attributes: ReadonlyMap<string, XmlAttribute>;
  readonly children: readonly XmlElement[];
}

export interface XmlAttribute {
  readonly value: string;
  readonly line: number;
}

/** No sensible configuration is larger; a larger file would only cost memory. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

const parser = new XMLParser({
  preserveOrder: true,
  captureMetaData: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // References are decoded here, and only XML's own five and numbers: no expansion, no growth.
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  cdataPropName: "#cdata",
  maxNestedTags: MOST_LEVELS,
  // Names like `constructor` are ordinary here: they stand in maps, and the schema refuses them by line.
  strictReservedNames: false,
});

const METADATA = XMLParser.getMetaDataSymbol() as unknown as symbol;
const ATTRIBUTES = ":@";

type Parsed = Record<string, unknown> & { [METADATA]?: { startIndex?: number } };

/**
 * Reads the text of an XML file into elements with lines. Faults of form are added to `faults`; the result is null
 * when there is no tree to go on with. Comments and processing instructions are skipped, text is refused.
 */
export function readXmlTree(given: string, faults: Faults): XmlElement | null {
  if (given.length > MOST_CHARACTERS) {
    faults.add(1, "", null, `the file has ${given.length} characters`, `at most ${MOST_CHARACTERS}`);
    return null;
  }
  // The parser joins CR LF into LF before it counts, so offsets would not fit the text given.
  const text = blankDocumentType(given.replace(/\r\n?/g, "\n"), faults);
  const lines = new Lines(text);
  if (!faults.isEmpty || !isWellFormed(text, lines, faults)) return null;
  let parsed: Parsed[];
  try {
    parsed = parser.parse(text) as Parsed[];
  } catch (error) {
    faults.add(1, "", null, `not well-formed XML: ${(error as Error).message}`);
    return null;
  }
  const roots = parsed.filter((node) => elementName(node) !== null);
  const root = roots[0];
  if (root === undefined || roots.length > 1) {
    faults.add(1, "", null, root === undefined ? "there is no element" : "there is more than one root element");
    return null;
  }
  return toElement(root, "", text, lines, faults);
}

function isWellFormed(text: string, lines: Lines, faults: Faults): boolean {
  // XML 1.0 section 2.2.
  const bad = /(?![\t\n\u007f-\u009f])\p{Cc}|\p{Cs}|[\ufffe\uffff]/u.exec(text);
  if (bad !== null) {
    const code = bad[0].charCodeAt(0).toString(16).padStart(4, "0");
    faults.add(lines.at(bad.index), "", null, `the character U+${code} is not allowed in XML`);
    return false;
  }
  const encoding = /^\ufeff?<\?xml[^>]*\bencoding\s*=\s*["']([^"']*)["']/.exec(text)?.[1];
  if (encoding !== undefined && !/^(utf-8|us-ascii)$/i.test(encoding)) {
    faults.add(1, "", null, `the encoding ${encoding} is not read`, "UTF-8");
    return false;
  }
  const fault = checkForm(text);
  if (fault !== null) faults.add(lines.at(fault.offset), "", null, `not well-formed XML: ${fault.problem}`);
  return fault === null;
}

function elementName(node: Parsed): string | null {
  for (const key of Object.keys(node)) {
    if (key !== ATTRIBUTES && !key.startsWith("#") && !key.startsWith("?")) return key;
  }
  return null;
}

function toElement(node: Parsed, parentPath: string, text: string, lines: Lines, faults: Faults): XmlElement {
  const name = elementName(node) ?? "";
  const path = parentPath === "" ? name : `${parentPath}/${name}`;
  const start = node[METADATA]?.startIndex ?? 0;
  const line = lines.at(start);
  const attributes = new Map<string, XmlAttribute>();
  for (const [attribute, raw] of Object.entries((node[ATTRIBUTES] ?? {}) as Record<string, string>)) {
    const attributeLine = lines.at(start + attributeOffset(text, start, attribute));
    const value = decodeReferences(String(raw), (problem) => faults.add(attributeLine, path, attribute, problem));
    attributes.set(attribute, { value, line: attributeLine });
  }
  const children: XmlElement[] = [];
  for (const child of node[name] as Parsed[]) {
    if (elementName(child) !== null) children.push(toElement(child, path, text, lines, faults));
    else if (Object.entries(child).some(([key, value]) => key.startsWith("#") && hasText(value))) {
      faults.add(line, path, null, "text is not allowed here", "elements and comments only");
    }
  }
  return { name, path, line, attributes, children };
}

function hasText(value: unknown): boolean {
  if (typeof value === "string") return value.trim() !== "";
  return Array.isArray(value) && value.length > 0;
}

/** Where in the start tag an attribute stands, from the tag's start. */
function attributeOffset(text: string, start: number, attribute: string): number {
  const pattern = /([^\s=<>/"']+)\s*=\s*(?:"[^"]*"|'[^']*')/y;
  let offset = start + (/^<[^\s/>]*/.exec(text.slice(start, start + 256))?.[0].length ?? 0);
  for (;;) {
    while (/\s/.test(text[offset] ?? "")) offset++;
    pattern.lastIndex = offset;
    const found = pattern.exec(text);
    if (found === null) return 0;
    if (found[1] === attribute) return offset - start;
    offset = pattern.lastIndex;
  }
}

/** Line numbers of offsets in a text. */
class Lines {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  /** Line of an offset, from 1. */
  at(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}
