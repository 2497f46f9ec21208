import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readServices } from "@trafmon/settings";
import { everyElement, Refused } from "@trafmon/settings/schema";
import { expect, test } from "vitest";
import { parseScenario, readScenario } from "../read-scenario.ts";
import { rootElement } from "../schema/root-element.ts";
import { producedFiles } from "./produced-files.ts";

const folder = fileURLToPath(new URL("../../../../../etc/xml/", import.meta.url));

/** The scenarios among the files that are installed. */
const shipped = readdirSync(folder)
  .filter((file) => file.endsWith(".xml") && file !== "tmon.xml")
  .map((file) => [file, folder + file] as const);

test.each(producedFiles.map((file) => [file.path.split("/").at(-1), file] as const))(
  "%s is what the schema says; `npm run golden` writes it",
  (_, { path, text }) => {
    expect(readFileSync(path, "utf8")).toBe(text());
  },
);

test("four scenarios are shipped", () => {
  expect(shipped.map(([file]) => file)).toEqual([
    "link-qualification.xml",
    "mixed-services.xml",
    "one-way-path.xml",
    "worst-case.xml",
  ]);
});

test.each(shipped)("%s passes", (_, path) => {
  expect(readScenario(path).traffic.length).toBeGreaterThan(0);
});

const hasXmllint = existsSync("/usr/bin/xmllint");
if (!hasXmllint) console.info("skipped: xmllint is not installed, the DTD is not tried");

test.skipIf(!hasXmllint).each(shipped)("xmllint finds %s valid, and a wrong one not", (_, path) => {
  execFileSync("xmllint", ["--noout", "--valid", path], { stdio: "pipe" });
  const wrong = readFileSync(path, "utf8").replace(/ to="/, ' pick="maybe" to="');
  const given = ["--noout", "--dtdvalid", `${folder}trafgen.dtd`, "-"];
  expect(() => execFileSync("xmllint", given, { input: wrong, stdio: "pipe" })).toThrow();
  expect(() => parseScenario(wrong, "wrong.xml")).toThrow('"maybe" is not allowed');
});

test.skipIf(!hasXmllint)("the DTD has the defaults of the schema: xmllint fills in what we fill in", () => {
  const both = 'from="192.0.2.1" to="192.0.2.2"';
  const bare = `<!DOCTYPE trafgen SYSTEM "${folder}trafgen.dtd"><trafgen><path><hop name="h"/></path><traffic>
    <stream name="s" ${both} rate="1pps" packets="1"><imix/></stream>
    <conversation name="c" ${both}><send by="client" bytes="9000"><lose segment="1"/><delay segment="1"/>
    <duplicate segment="1"/><loseAck number="1"/><stall/></send><keepAlive by="client"/></conversation>
    <dns name="d" ${both}/><ntp name="n" ${both}/><snmp name="m" ${both}/><ping name="p" ${both}/>
    <http name="h" ${both}/><ftp name="f" ${both}/></traffic></trafgen>`;
  const filled = execFileSync("xmllint", ["--dtdattr", "--dropdtd", "-"], { input: bare, encoding: "utf8" });
  expect(filled).toContain('windowScale="7"');
  expect(parseScenario(filled, "filled.xml")).toEqual(parseScenario(bare, "bare.xml"));
});

test("every default is one its own attribute allows", () => {
  for (const schema of everyElement(rootElement)) {
    for (const [name, attribute] of Object.entries(schema.attributes)) {
      if (attribute.default === null) continue;
      const value = attribute.kind.read(attribute.default, { services: readServices() });
      expect(value, `${schema.name} ${name}`).not.toBeInstanceOf(Refused);
      expect(attribute.required).toBe(false);
    }
  }
});

test("every sentence of the schema is one, and every optional attribute says what absence means", () => {
  for (const schema of everyElement(rootElement)) {
    expect(schema.meaning).toMatch(/^[A-Z].*[.]$/);
    for (const attribute of Object.values(schema.attributes)) {
      expect(attribute.meaning).toMatch(/^[A-Z].*[.]$/);
      if (!attribute.required && attribute.default === null) expect(attribute.absent).toMatch(/^[A-Z].*[.]$/);
    }
  }
});
