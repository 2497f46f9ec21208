import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DETAIL_PROTOCOLS } from "../compose/detail/catalogue.ts";
import { SECTION_NAMES } from "../compose/section-catalogue.ts";
import { parseDefinition } from "./definition.ts";

const parse = (text: string, allowsQueries = true) =>
  parseDefinition(text, "my.report", ["hosts", "about"], allowsQueries);

test("a definition gives sections in their order, with what they change", () => {
  const text = `# mine
title = Our week

[hosts]
title = Who is busy
intro = Hosts that
  were busy.
top = 15
[query]
title = Largest services
new-page = yes
sql = SELECT service, SUM(fwd_bytes) AS sent_bytes
    FROM {volumes}
   GROUP BY service
[about]
`;
  const { title, sections } = parse(text);
  expect(title).toBe("Our week");
  expect(sections.map(({ name }) => name)).toEqual(["hosts", "query", "about"]);
  expect(sections[0]).toMatchObject({ title: "Who is busy", intro: "Hosts that were busy.", top: 15, newPage: false });
  expect(sections[1]!.query).toMatchObject({
    name: "largest-services",
    sql: "SELECT service, SUM(fwd_bytes) AS sent_bytes\nFROM {volumes}\nGROUP BY service",
  });
  expect(sections[2]).toMatchObject({ title: null, intro: null, top: null, query: null });
});

test("all that is wrong is told at once, by line", () => {
  const text = `  begins with a blank
colour = red
[host]
[hosts]
top = 0
colour = red
top = 5
[hosts]
new-page = maybe
what is this
title =
[query]
name = Not Good
sql = DELETE FROM flow; SELECT 1
[query]
title = A
sql = SELECT {tables}
[query]
title = a
sql = SELECT 1
`;
  let message = "";
  try {
    parse(text);
  } catch (error) {
    message = (error as Error).message;
  }
  const faults = message.split("\n  ").slice(1);
  const told = faults.map((each) => [Number(/^my\.report:(\d+), /.exec(each)?.[1]), each.replace(/^[^,]*, /, "")]);
  expect(told).toEqual([
    [1, "a line that begins with a blank goes on with the value above it, and there is none"],
    [2, "colour does not stand before the first section; only title does"],
    [3, "there is no section [host]; choices are hosts, about, query"],
    [5, "top is a number from 1 to 100"],
    [6, "[hosts] has no colour; choices are title, intro, top, new-page"],
    [7, "top stands in line 5 already"],
    [8, "[hosts] stands in line 4 already"],
    [9, "new-page is yes or no"],
    [10, "this is neither [section] nor key = value: what is this"],
    [11, "title is empty"],
    [12, "[query] needs title"],
    [13, "name is of small letters, digits and hyphens"],
    [14, "sql begins with SELECT or WITH: a report only reads"],
    [14, "sql is one statement, without a semicolon"],
    [17, "there is no {tables}; only {volumes}"],
    [18, "its table has the name a of the one in line 15: give one a name"],
  ]);
  expect(() => parse("title = x")).toThrow("there is no section; choices are");
  expect(() => parse("[query]\ntitle = x\nsql = SELECT 1", false)).toThrow("there is no section [query]");
});

test("no text whatever makes it throw anything else", () => {
  const words = fc.constantFrom(
    "[hosts]",
    "[query]",
    "title = a",
    "sql = SELECT 1",
    " more",
    "",
    "top = x",
    "=",
    "[",
    "#",
    "\r",
  );
  fc.assert(
    fc.property(fc.array(words), (lines) => {
      try {
        expect(parse(lines.join("\n")).sections.length).toBeGreaterThan(0);
      } catch (error) {
        expect((error as { code?: string }).code).toBe("REPORTS_BAD_DEFINITION");
      }
    }),
  );
});

const shipped = new URL("../../definitions/", import.meta.url);
const installed = new URL("../../../../etc/report/", import.meta.url);

test("the shipped definitions are good, and those in etc/report are the same", () => {
  const names = readdirSync(shipped).sort();
  expect(names).toEqual(["conversation.report", "detail.report", "manager.report", "operator.report"]);
  const used = new Set<string>();
  for (const name of names) {
    const text = readFileSync(new URL(name, shipped), "utf8");
    expect(readFileSync(new URL(name, installed), "utf8"), name).toBe(text);
    const sections = name === "detail.report" ? DETAIL_PROTOCOLS.map((each) => each.name) : SECTION_NAMES;
    for (const section of parseDefinition(text, name, sections, true).sections) used.add(section.name);
  }
  // Whatever there is stands in a shipped report, so that people find it.
  for (const name of [...SECTION_NAMES, ...DETAIL_PROTOCOLS.map((each) => each.name)]) expect(used).toContain(name);
});

test("the manual names every section", () => {
  const manual = readFileSync(new URL("../../../../docs/report-definitions.md", import.meta.url), "utf8");
  for (const name of [...SECTION_NAMES, ...DETAIL_PROTOCOLS.map((each) => each.name)])
    expect(manual).toContain(`\`${name}\``);
});
