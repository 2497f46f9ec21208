import { reportsError } from "../errors.ts";

/** A report as a file says it: what it is called, and its sections in their order. */
export interface ReportDefinition {
  /** null: as the program calls it. */
  readonly title: string | null;
  readonly sections: readonly SectionDefinition[];
}

export interface SectionDefinition {
  /** Name in the catalogue, or `query`. */
  readonly name: string;
  /** null: the section's own. */
  readonly title: string | null;
  readonly intro: string | null;
  /** How many of the largest are listed, in the place of what the command line says. */
  readonly top: number | null;
  readonly newPage: boolean;
  readonly query: QueryDefinition | null;
}

/** A table made by a statement of the user's own. */
export interface QueryDefinition {
  readonly sql: string;
  /** Name of the CSV file, without ending. */
  readonly name: string;
  readonly whyEmpty: string;
}

export const QUERY = "query";
const KEYS = ["title", "intro", "top", "new-page"] as const;
const QUERY_KEYS = ["title", "intro", "new-page", "sql", "name", "why-empty"] as const;
const MOST_TOP = 100;

/** Where a value stands, so that faults name it. */
interface Entry {
  readonly value: string;
  readonly line: number;
}

interface Draft {
  readonly name: string;
  readonly line: number;
  readonly entries: Map<string, Entry>;
}

/**
 * Reads a report definition. `sections`: names that may stand in brackets; `query` is allowed beside them where
 * `allowsQueries`.
 *
 * @throws {CodedError} REPORTS_BAD_DEFINITION with every fault of the file, by line
 */
export function parseDefinition(
  text: string,
  file: string,
  sections: readonly string[],
  allowsQueries: boolean,
): ReportDefinition {
  const faults: { line: number; text: string }[] = [];
  const fault = (line: number, words: string) => faults.push({ line, text: words });
  const names = allowsQueries ? [...sections, QUERY] : sections;
  const head: Draft = { name: "", line: 1, entries: new Map() };
  const drafts = readDrafts(text, head, fault);
  for (const [key, { line }] of head.entries) {
    if (key !== "title") fault(line, `${key} does not stand before the first section; only title does`);
  }
  const seen = new Map<string, number>();
  const read = drafts.map((draft): SectionDefinition => {
    const { name, line } = draft;
    if (!names.includes(name)) fault(line, `there is no section [${name}]; choices are ${names.join(", ")}`);
    const first = seen.get(name);
    if (first !== undefined && name !== QUERY) fault(line, `[${name}] stands in line ${first} already`);
    seen.set(name, first ?? line);
    return sectionOf(draft, names.includes(name), fault);
  });
  if (drafts.length === 0) fault(1, `there is no section; choices are ${names.join(", ")}`);
  tellTwins(drafts, fault);
  if (faults.length > 0) {
    const lines = faults.sort((a, b) => a.line - b.line).map((each) => `${file}:${each.line}, ${each.text}`);
    throw reportsError("REPORTS_BAD_DEFINITION", `cannot use the report definition\n  ${lines.join("\n  ")}`);
  }
  return { title: head.entries.get("title")?.value ?? null, sections: read };
}

type Fault = (line: number, words: string) => void;

/** Lines into sections with keys; a line that begins with a blank goes on with the value above it. */
function readDrafts(text: string, head: Draft, fault: Fault): Draft[] {
  const drafts: Draft[] = [];
  let open: { draft: Draft; key: string } | null = null;
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    const line = at + 1;
    if (raw.trim() === "" || raw.startsWith("#")) continue;
    const section = /^\[([^\]]*)\]\s*$/.exec(raw);
    if (section !== null) {
      drafts.push({ name: section[1]!.trim(), line, entries: new Map() });
      open = null;
      continue;
    }
    if (/^\s/.test(raw)) {
      if (open === null) {
        fault(line, "a line that begins with a blank goes on with the value above it, and there is none");
        continue;
      }
      const known = open.draft.entries.get(open.key)!;
      open.draft.entries.set(open.key, { ...known, value: `${known.value}\n${raw.trim()}`.trim() });
      continue;
    }
    const entry = /^([A-Za-z-]+)\s*=\s*(.*)$/.exec(raw);
    if (entry === null) {
      open = null;
      fault(line, `this is neither [section] nor key = value: ${raw.trim().slice(0, 40)}`);
      continue;
    }
    const [, key, value] = entry as unknown as [string, string, string];
    const draft = drafts.at(-1) ?? head;
    if (draft.entries.has(key)) fault(line, `${key} stands in line ${draft.entries.get(key)!.line} already`);
    else draft.entries.set(key, { value: value.trim(), line });
    open = { draft, key };
  }
  return drafts;
}

function sectionOf({ name, line, entries }: Draft, isKnown: boolean, fault: Fault): SectionDefinition {
  const isQuery = name === QUERY;
  const keys: readonly string[] = isQuery ? QUERY_KEYS : KEYS;
  for (const [key, entry] of entries) {
    if (isKnown && !keys.includes(key)) fault(entry.line, `[${name}] has no ${key}; choices are ${keys.join(", ")}`);
    else if (entry.value === "") fault(entry.line, `${key} is empty`);
  }
  const text = (key: string) => entries.get(key)?.value.replaceAll("\n", " ") ?? null;
  const top = entries.get("top");
  if (isKnown && top !== undefined && !isTop(top.value)) fault(top.line, `top is a number from 1 to ${MOST_TOP}`);
  const page = entries.get("new-page");
  if (isKnown && page !== undefined && !["yes", "no"].includes(page.value)) fault(page.line, "new-page is yes or no");
  return {
    name,
    title: text("title"),
    intro: text("intro"),
    top: top === undefined ? null : Number(top.value),
    newPage: page?.value === "yes",
    query: isQuery ? queryOf({ name, line, entries }, fault) : null,
  };
}

function isTop(text: string): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_TOP;
}

function queryOf({ line, entries }: Draft, fault: Fault): QueryDefinition {
  for (const key of ["title", "sql"]) if (!entries.has(key)) fault(line, `[${QUERY}] needs ${key}`);
  const sql = entries.get("sql");
  if (sql !== undefined && sql.value !== "" && !/^(select|with)\b/i.test(sql.value))
    fault(sql.line, "sql begins with SELECT or WITH: a report only reads");
  if (sql?.value.includes(";")) fault(sql.line, "sql is one statement, without a semicolon");
  for (const [, word] of sql?.value.matchAll(/\{([^}]*)\}/g) ?? [])
    if (word !== "volumes") fault(sql!.line, `there is no {${word}}; only {volumes}`);
  const name = entries.get("name");
  if (name !== undefined && !/^[a-z0-9][a-z0-9-]*$/.test(name.value))
    fault(name.line, "name is of small letters, digits and hyphens");
  const title = entries.get("title")?.value ?? "";
  return {
    sql: sql?.value ?? "",
    name: name?.value ?? (title.toLowerCase().replace(/[^a-z0-9]+/g, "-") || QUERY),
    whyEmpty:
      entries.get("why-empty")?.value ?? "The database has nothing of this for the period and filters of this report.",
  };
}

/** Two tables of one name would be one file. */
function tellTwins(drafts: readonly Draft[], fault: Fault): void {
  const seen = new Map<string, number>();
  for (const draft of drafts.filter(({ name }) => name === QUERY)) {
    const { name } = queryOf(draft, () => {});
    const first = seen.get(name);
    if (first !== undefined)
      fault(draft.line, `its table has the name ${name} of the one in line ${first}: give one a name`);
    seen.set(name, first ?? draft.line);
  }
}
