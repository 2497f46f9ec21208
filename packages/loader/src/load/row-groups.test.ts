import { observationTypes } from "@trafmon/observation";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LineFields } from "./line-fields.ts";
import { RowGroups } from "./row-groups.ts";
import type { FieldPlan, TypePlan } from "./type-plan.ts";

const column = (target: string, defaultText: string | null): FieldPlan => ({
  form: "as it stands",
  target,
  defaultText,
});
const FIELDS = [column("id", null), column("a", "0"), column("b", "\\N"), column("c", "60")];
const PLAN = {
  type: observationTypes.ipct,
  fields: FIELDS,
  loadColumns: FIELDS.map((each) => each.target),
} as unknown as TypePlan;

function lineOf(fields: readonly string[]): LineFields {
  const line = new LineFields(fields.length);
  line.bytes = Buffer.from(fields.join("\t"));
  let end = -1;
  fields.forEach((field, nth) => {
    end += field.length + 1;
    line.ends[nth] = end;
  });
  return line;
}

/** Writes a line's row as the converter does. */
function addTo(groups: RowGroups, fields: readonly string[]): void {
  const rows = groups.groupOf(lineOf(fields));
  const kept = rows === groups.full ? fields : fields.filter((_, field) => groups.leftOut[field] !== 1);
  rows.add(kept.join("\t"), 0);
}

/** The rows as the server has them: a column that a row is without has its default. */
function rowsInTable(groups: RowGroups): string[] {
  return groups.groups.flatMap(({ rows, loadColumns }) => {
    const lines = Buffer.concat([...rows.chunks()])
      .toString("latin1")
      .split("\n")
      .slice(0, -1);
    return lines.map((line) => {
      const fields = line.split("\t");
      expect(fields).toHaveLength(loadColumns.length);
      const row = FIELDS.map(({ target, defaultText }) => {
        const at = loadColumns.indexOf(target);
        return at < 0 ? defaultText : fields[at];
      });
      return row.join("\t");
    });
  });
}

test("whatever is left out, the table gets every line as it was", () => {
  const rarely = (usual: string, other: string) =>
    fc.oneof({ weight: 30, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(other) });
  const line = fc.tuple(fc.nat(1000).map(String), rarely("0", "7"), rarely("\\N", "0"), rarely("60", "6"));
  fc.assert(
    fc.property(fc.array(fc.array(line, { maxLength: 60 }), { maxLength: 6 }), (slices) => {
      const groups = new RowGroups(PLAN);
      for (const slice of slices) {
        for (const fields of slice) addTo(groups, fields);
        groups.learn();
      }
      const expected = slices.flat().map((fields) => fields.join("\t"));
      expect(rowsInTable(groups).sort()).toEqual(expected.sort());
    }),
  );
});

test("columns that hold their default in all but a hundredth of the lines are left out afterwards", () => {
  const groups = new RowGroups(PLAN);
  for (let nth = 0; nth < 200; nth++) addTo(groups, [String(nth), nth < 2 ? "5" : "0", nth < 3 ? "5" : "\\N", "60"]);
  groups.learn();
  addTo(groups, ["7", "0", "5", "60"]);
  addTo(groups, ["8", "1", "5", "60"]);
  const [full, short] = groups.groups;
  expect(full!.rows.count).toBe(201);
  expect(short!.rows.count).toBe(1);
  expect(short!.loadColumns).toEqual(["id", "b"]);
});
