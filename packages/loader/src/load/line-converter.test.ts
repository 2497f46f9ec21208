import type { Connection } from "@trafmon/database";
import { type ObservationName, observationTypes } from "@trafmon/observation";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SampleLogs } from "../fixtures/sample-logs.ts";
import { IdentityLists } from "./identity-lists.ts";
import { type ConvertedLines, LineConverter, noLines } from "./line-converter.ts";
import { RowGroups } from "./row-groups.ts";
import type { TableColumn } from "./table-columns.ts";
import { planOf } from "./type-plan.ts";

/** Tables as wide as the declarations, so that no server is needed: limits are the loader test's matter. */
function tableOf(name: ObservationName): ReadonlyMap<string, readonly TableColumn[]> {
  const names = observationTypes[name].columns.map(({ name: column, kind }) => {
    if (column === "flow_id") return "flow_no";
    if (column === "class") return "class_no";
    if (column === "slice") return "slice_no";
    return kind === "duration" || kind === "offset" ? `${column}_ns` : column;
  });
  const column = (each: string) => ({
    name: each,
    max: null,
    maxDigits: null,
    maxCharacters: null,
    isAscii: false,
    inPrimaryKey: false,
  });
  return new Map([[`${name}table`, ["run_no", "record_no", ...names].map(column)]]);
}

/** A converter, and what its lines become. */
function converting(name: ObservationName) {
  // Nothing of what is tested here asks the server.
  const lists = new IdentityLists(null as unknown as Connection);
  lists.setFlow(lists.runNo("p1", "00000000000000a1"), 7, 70, lists.classNo("all"));
  const plan = planOf(name, tableOf(name));
  return { converter: new LineConverter(plan, lists), lines: noLines(new RowGroups(plan)) };
}

/** Rows as they go to the server. */
function rowsOf({ rows }: ConvertedLines): string[] {
  const text = rows.groups.map((group) => Buffer.concat([...group.rows.chunks()]).toString("latin1")).join("");
  return text.split("\n").slice(0, -1);
}

/** Lines of the text as a reader counts them. */
function lineCount(bytes: Buffer): number {
  const newlines = bytes.filter((byte) => byte === 10).length;
  return bytes.length > 0 && bytes.at(-1) !== 10 ? newlines + 1 : newlines;
}

function sampleLine(name: ObservationName): string {
  const logs = new SampleLogs("p1");
  let line = "";
  logs.addLine = (_name, text) => {
    line = text;
    return logs;
  };
  logs.add(name, { flow_id: 7 } as never);
  return line;
}

describe.each(["ipct", "tcpct", "tcpcx", "capst", "owct", "event"] as const)("%s", (name) => {
  const fieldCount = observationTypes[name].columns.length + 4;

  test("a good line becomes a row with its origin and our numbers", () => {
    const { converter, lines } = converting(name);
    converter.convertSlice(Buffer.from(`${sampleLine(name)}\n`), 2, 5, lines);
    expect(lines).toMatchObject({ rowCount: 1, refusals: [], unknown: [] });
    const [row] = rowsOf(lines);
    expect(row).toMatch(/^5\t2\t1\t1\t/);
    expect(row!.split("\t")).toHaveLength(fieldCount);
  });

  test("whatever the bytes, every line is a row, refused, or unknown, and a row has all its fields", () => {
    const good = Buffer.from(`${sampleLine(name)}\n`);
    const anything = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    const damaged = fc
      .array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 })
      .map((changes) => {
        const bytes = Buffer.from(good);
        for (const [at, byte] of changes) bytes[at] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.array(fc.oneof(anything, damaged), { maxLength: 6 }).map(Buffer.concat), (bytes) => {
        const { converter, lines } = converting(name);
        converter.convertSlice(bytes, 2, 5, lines);
        expect(lines.rowCount + lines.refusals.length + lines.unknown.length).toBe(lineCount(bytes));
        const rows = rowsOf(lines);
        expect(rows).toHaveLength(lines.rowCount);
        for (const row of rows) expect(row.split("\t")).toHaveLength(fieldCount);
      }),
      { numRuns: 200 },
    );
  });
});
