import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseConfiguration, readConfiguration } from "../configuration.ts";
import { Faults } from "../read/fault.ts";
import { readXmlTree, type XmlElement } from "../read/xml-tree.ts";
import { Refused } from "../schema/attribute.ts";
import { INTERVALS_S } from "../schema/number-kinds.ts";
import { rootElement } from "../schema/root-element.ts";
import { readServices } from "../services.ts";
import { everyElement } from "./every-element.ts";
import { producedFiles } from "./produced-files.ts";

const shipped = fileURLToPath(new URL("../../../../etc/xml/tmon.xml", import.meta.url));

test.each(producedFiles.map((file) => [file.path.split("/").at(-1), file] as const))(
  "%s is what the schema says; `npm run golden` writes it",
  (_, { path, text }) => {
    expect(readFileSync(path, "utf8")).toBe(text());
  },
);

test("the shipped file passes, and what it sets is the default", () => {
  const configuration = readConfiguration(shipped);
  expect(configuration.probes.map((each) => each.name)).toEqual(["probe1"]);
  expect(configuration.collectors.map((each) => each.name)).toEqual(["TMonServer"]);
  // Records of single requests are for whoever asks for them.
  const { transactions, oneWay, identities, ...measured } = configuration.flowClasses[0]!.measure;
  expect([transactions, oneWay, identities]).toEqual([null, null, null]);
  expect(Object.values(measured)).not.toContain(null);

  const schemas = new Map(everyElement(rootElement).map((schema) => [schema.name, schema]));
  const context = { services: readServices() };
  const check = (element: XmlElement) => {
    for (const [name, { value }] of element.attributes) {
      const attribute = schemas.get(element.name)?.attributes[name];
      if (attribute === undefined) throw new Error(`${element.path} ${name} is not in the schema`);
      const given = attribute.kind.read(value, context);
      // `account` is the one switch that must be set somewhere.
      if (attribute.default === null || name === "account") continue;
      expect(given, `${element.path} ${name}`).toEqual(attribute.kind.read(attribute.default, context));
    }
    for (const child of element.children) check(child);
  };
  const tree = readXmlTree(readFileSync(shipped, "utf8"), new Faults());
  expect(tree).not.toBeNull();
  if (tree !== null) check(tree);
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
      expect(attribute.meaning).toMatch(/^[A-Z`].*[.]$/);
      if (!attribute.required && attribute.default === null) expect(attribute.absent).toMatch(/[.]$/);
    }
  }
});

test("intervals divide a minute, or are whole minutes that divide an hour", () => {
  const all = Array.from({ length: 3600 }, (_, i) => i + 1);
  expect(INTERVALS_S).toEqual(all.filter((s) => 60 % s === 0 || (s % 60 === 0 && 3600 % s === 0)));
});

const hasXmllint = existsSync("/usr/bin/xmllint");
if (!hasXmllint) console.info("skipped: xmllint is not installed, the DTD is not tried");

test.skipIf(!hasXmllint)("xmllint finds the shipped file valid, and a wrong one not", () => {
  execFileSync("xmllint", ["--noout", "--valid", shipped], { stdio: "pipe" });
  const dtd = shipped.replace("tmon.xml", "tmon.dtd");
  const wrong = readFileSync(shipped, "utf8").replace('account="yes"', 'account="maybe"');
  expect(() => parseConfiguration(wrong, "wrong.xml")).toThrow('"maybe" is not allowed');
  expect(() => execFileSync("xmllint", ["--noout", "--dtdvalid", dtd, "-"], { input: wrong, stdio: "pipe" })).toThrow();
});

test.skipIf(!hasXmllint)("the DTD has the defaults of the schema: xmllint fills in what we fill in", () => {
  const bare = `<!DOCTYPE trafMon SYSTEM "${shipped.replace("tmon.xml", "tmon.dtd")}">
    <trafMon><collectors><collector name="c"/></collectors>
    <probes><probe name="p"><interface name="i"/><sendTo collector="c"/></probe></probes>
    <requestProtocols><signature name="s" transport="udp" ports="9"/></requestProtocols>
    <flowClasses><flowClass name="f" account="yes"><match><port is="53"/></match><partition/>
    <ipCounters/><ipSizes/><icmpCounters/><udpCounters/><tcpCounters/><tcpConnections/>
    <twoWayDelays/><transactions/></flowClass></flowClasses>
    </trafMon>`;
  const filled = execFileSync("xmllint", ["--dtdattr", "--dropdtd", "-"], { input: bare, encoding: "utf8" });
  expect(filled).toContain('snapLength="65535"');
  expect(parseConfiguration(filled, "filled.xml").hash).toBe(parseConfiguration(bare, "bare.xml").hash);
});
