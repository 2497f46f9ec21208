import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { templateScript } from "@trafmon/database";
import { type Column, type ObservationType, observationTypes } from "@trafmon/observation";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeSchema } from "./fixtures/describe-schema.ts";
import { RuntimeDatabase } from "./fixtures/runtime-database.ts";
import { produced, protocolTableSeed } from "./write-produced.ts";

const GOLDEN = fileURLToPath(new URL("schema.golden.sql", import.meta.url));

let database: RuntimeDatabase;

beforeAll(async () => {
  database = await RuntimeDatabase.make();
});
afterAll(async () => {
  await database.remove();
});

test("a fresh install makes the schema in schema.golden.sql (UPDATE_GOLDEN=1 renews it)", async () => {
  const found = await describeSchema(database.connection, database.template);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(GOLDEN, found);
  expect(found).toBe(readFileSync(GOLDEN, "utf8"));
});

test("a runtime database has the template's tables and views, but for the template's own", async () => {
  const paragraphs = (text: string) =>
    text
      .split("\n\n")
      .map((each) => each.trim())
      .filter((each) => /^(TABLE|VIEW)/.test(each));
  const template = paragraphs(await describeSchema(database.connection, database.template));
  const runtime = paragraphs(await describeSchema(database.connection, database.name));
  expect(runtime).toEqual(template.filter((each) => !/^TABLE (instance|protocol_table)\n/.test(each)));
  for (const paragraph of runtime.filter((each) => each.startsWith("VIEW"))) {
    const name = /^VIEW (\w+)/.exec(paragraph)![1];
    expect(await database.rows(`SELECT * FROM ${name}`), name).toEqual([]);
  }
});

test("produced files are as fresh production makes them: node --import tsx --conditions=source sql/write-produced.ts", () => {
  expect(readFileSync(produced.seed, "utf8")).toBe(protocolTableSeed(readFileSync(produced.services, "utf8")));
  expect(readFileSync(produced.template, "utf8")).toBe(templateScript());
});

/** Types of the SQL columns that a kind of observation column may go into. */
const SQL_TYPES: Readonly<Record<Column["kind"], RegExp>> = {
  count: /^(tinyint|smallint|int|bigint) unsigned$/,
  signed: /^bigint$/,
  wide: /^decimal\(38,0\)$/,
  second: /^datetime$/,
  instant: /^datetime\(6\)$/,
  duration: /^bigint unsigned$/,
  offset: /^bigint$/,
  address: /^varbinary\(16\)$/,
  text: /^(varchar\(64\)|char\(16\)|text)$/,
  symbol: /^varchar\(32\)$/,
  bool: /^tinyint unsigned$/,
  histogram: /^mediumtext$/,
  tally: /^mediumtext$/,
};

/** Columns of the tables that are not declared, or bear another name. */
const OUR_OWN = new Set(["run_no", "record_no", "flow_no", "class_no", "slice_no"]);
const ADDED: Readonly<Record<string, readonly string[]>> = {
  ipct: ["attributed_flow_no"],
  ftptf: ["data_flow_no", "account_flow_no", "attributed_at"],
  netflow: ["file_hour"],
};

const logged = Object.values(observationTypes).filter((type) => type.logged && type.family !== "identity");

test.each(logged.map((type) => [type.name, type] as const))(
  "%stable has the declared columns",
  async (name, declared) => {
    const type: ObservationType = declared;
    const rows = await database.rows(
      `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type, IS_NULLABLE AS nullable, COLUMN_COMMENT AS comment
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?`,
      [database.name, `${name}table`],
    );
    const columns = new Map(rows.map((row) => [row.name as string, row]));
    for (const { name: column, kind, nullable } of type.columns) {
      const suffix = kind === "duration" || kind === "offset" ? "_ns" : "";
      const renamed = { flow_id: "flow_no", class: "class_no", slice: name === "ipsz" ? "slice_no" : "slice" }[column];
      const found = columns.get(renamed ?? column + suffix);
      expect(found, `column for ${column}`).toBeDefined();
      columns.delete(found!.name);
      if (OUR_OWN.has(found!.name)) continue;
      expect(found!.type.replace(/int\(\d+\)/, "int"), column).toMatch(SQL_TYPES[kind]);
      expect(found!.nullable, column).toBe(nullable === true ? "YES" : "NO");
      expect(found!.comment, column).not.toBe("");
    }
    const left = [...columns.keys()].filter((each) => !OUR_OWN.has(each));
    expect(left.sort()).toEqual([...(ADDED[name] ?? [])].sort());
  },
);

test("every table and column is commented, and names its charset", async () => {
  const bare = await database.rows(
    `SELECT TABLE_NAME AS t, COLUMN_NAME AS c FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = ? AND COLUMN_COMMENT = '' AND TABLE_NAME NOT LIKE 'v\\_%'`,
    [database.template],
  );
  expect(bare).toEqual([]);
  const tables = await database.rows(
    `SELECT TABLE_NAME AS t FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE' AND (TABLE_COMMENT = '' OR TABLE_COLLATION <> 'utf8mb4_bin')`,
    [database.template],
  );
  expect(tables).toEqual([]);
});
