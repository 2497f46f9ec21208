import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfiguration, SettingsInvalid } from "../configuration.ts";
import { readServices } from "../services.ts";
import { Faults, faultText } from "./fault.ts";
import { readXmlTree } from "./xml-tree.ts";

const shipped = readFileSync(new URL("../../../../etc/xml/tmon.xml", import.meta.url), "utf8");
const services = readServices();

function faultsOf(text: string): string[] {
  const faults = new Faults();
  readXmlTree(text, faults);
  return faults.sorted().map(faultText);
}

/** Whether the text gives a configuration. Anything thrown but the coded refusal fails the test. */
function isAccepted(given: string | Uint8Array): boolean {
  try {
    parseConfiguration(given, "fuzz.xml", services);
    return true;
  } catch (error) {
    if (!(error instanceof SettingsInvalid)) throw error;
    expect(error.faults.length).toBeGreaterThan(0);
    return false;
  }
}

test("elements and attributes know their lines, with either kind of line ends", () => {
  const text = '<?xml version="1.0"?>\n<!-- a\n b -->\n<r a="1"\n   b = "x=\'2\'" c="&lt;&#65;&amp;">\n  <s/>\n</r>';
  for (const given of [text, text.replaceAll("\n", "\r\n"), `\ufeff${text}`]) {
    const faults = new Faults();
    const tree = readXmlTree(given.replace("\ufeff", ""), faults);
    expect(faults.isEmpty).toBe(true);
    expect(tree?.line).toBe(4);
    expect(tree?.attributes.get("a")).toEqual({ value: "1", line: 4 });
    expect(tree?.attributes.get("b")).toEqual({ value: "x='2'", line: 5 });
    expect(tree?.attributes.get("c")).toEqual({ value: "<A&", line: 5 });
    expect(tree?.children[0]).toMatchObject({ name: "s", path: "r/s", line: 6 });
  }
});

test.each([
  ["", /there is no element/],
  ["<a>", /not well-formed/],
  ["<a></b>", /not well-formed/],
  ["<a/><b/>", /./],
  ["<a x='1' x='2'/>", /not well-formed/],
  ["<a x='1'y='2'/>", /not well-formed/],
  ["<a x=1/>", /not well-formed/],
  ["<a>\n<b x='&nbsp;'/></a>", /line 2, a\/b, attribute x: the reference &nbsp; is not known/],
  ["<a x='a & b'/>", /a plain & must be written/],
  ["<a x='<'/>", /< as &lt;/],
  ["<a><b></b/></a>", /the end tag does not fit, <\/b> is expected/],
  ["<a><!-- a -- b --></a>", /cannot hold two hyphens/],
  ["<?xml encoding='UTF-8'?><a/>", /neither a tag nor a comment/],
  [" <?xml version='1.0'?><a/>", /neither a tag nor a comment/],
  ["<a x='&#0;'/>", /the reference &#0; is not known/],
  ["<a>\n\u0001</a>", /line 2: the character U\+0001/],
  ["<?xml version='1.0' encoding='latin1'?><a/>", /the encoding latin1 is not read/],
  ["<a><![CDATA[x]]></a>", /text is not allowed/],
  ["<!DOCTYPE a [<!ENTITY e 'boom'>]><a x='&e;'/>", /the document type cannot be read/],
  ["<!DOCTYPE a SYSTEM 'file:///etc/passwd' [<!ENTITY % p SYSTEM 'x'>]><a/>", /the document type cannot be read/],
])("refused: %j", (text, expected) => {
  expect(faultsOf(text).join("\n")).toMatch(expected);
});

test("a document type is accepted, and nothing is fetched for it", () => {
  for (const type of [
    '<!DOCTYPE a SYSTEM "http://192.0.2.1/nowhere.dtd">',
    "<!DOCTYPE a PUBLIC 'x' 'y'>",
    "<!DOCTYPE a>",
  ]) {
    expect(faultsOf(`<?xml version="1.0"?>\n<!-- <!DOCTYPE b> -->\n${type}\n<a/>`)).toEqual([]);
  }
});

test("deep nesting and large files are refused in bounded time", () => {
  expect(faultsOf("<a>".repeat(100_000) + "</a>".repeat(100_000)).length).toBe(1);
  expect(faultsOf("<a>".repeat(1_000_000)).length).toBe(1);
  expect(faultsOf(`<a>${" ".repeat(5_000_000)}</a>`)[0]).toContain("characters");
  expect(faultsOf(`<a ${" ".repeat(3_000_000)}x/>`).length).toBe(1);
  expect(faultsOf(`<a x="${"&lt;".repeat(500_000)}"/>`)).toEqual([]);
  expect(faultsOf(`<!--${"-".repeat(100_000)}`).length).toBe(1);
  const laughs = Array.from({ length: 50 }, (_, i) => `<!ENTITY l${i + 1} "&l${i};&l${i};&l${i};">`).join("");
  expect(faultsOf(`<!DOCTYPE a [<!ENTITY l0 "lol">${laughs}]><a x="&l50;"/>`).length).toBeGreaterThan(0);
});

test("nested rules are bounded too", () => {
  const deep = (n: number) => shipped.replace("<any/>", "<not>".repeat(n) + "<any/>" + "</not>".repeat(n));
  expect(isAccepted(deep(40))).toBe(true);
  expect(isAccepted(deep(1000))).toBe(false);
});

test("any bytes give a configuration or coded faults", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void isAccepted(bytes)));
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => void isAccepted(text)));
});

/** The shipped file with something in it replaced by something that may mean something. */
const mutated = fc
  .array(
    fc.tuple(
      fc.nat(shipped.length),
      fc.nat(12),
      fc.oneof(
        fc.string({ unit: "binary", maxLength: 6 }),
        fc.constantFrom(
          "<",
          ">",
          "/>",
          "</",
          '"',
          "'",
          "&",
          "&amp;",
          "&#x41;",
          "<!--",
          "-->",
          "<![CDATA[",
          "]]>",
          "<?x ?>",
          "=",
          " ",
          "\n",
          "\r",
          "<a>",
          "</a>",
          "constructor",
          "__proto__",
          "#text",
          ":@",
        ),
      ),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((edits) => edits.reduce((text, [at, length, by]) => text.slice(0, at) + by + text.slice(at + length), shipped));

test("no change of a valid file makes anything else of it", () => {
  fc.assert(
    fc.property(mutated, (text) => void isAccepted(text)),
    { numRuns: 500 },
  );
});

const hasXmllint = existsSync("/usr/bin/xmllint");
if (!hasXmllint) console.info("skipped: xmllint is not installed, our reading is not compared with it");

test.skipIf(!hasXmllint)("what we accept, xmllint finds well-formed", () => {
  const directory = mkdtempSync(join(tmpdir(), "settings-"));
  const accepted = fc.sample(mutated, { numRuns: 3000, seed: 1 }).filter((text) => isAccepted(text));
  expect(accepted.length).toBeGreaterThan(50);
  const paths = accepted.map((text, i) => {
    const path = join(directory, `${i}.xml`);
    writeFileSync(path, text);
    return path;
  });
  // xmllint ends with a code, and names each file, when one is not well-formed.
  execFileSync("xmllint", ["--noout", "--nonet", ...paths], { stdio: "pipe", cwd: directory });
  rmSync(directory, { recursive: true });
});
