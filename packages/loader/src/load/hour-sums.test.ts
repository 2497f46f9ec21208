import { observationTypes } from "@trafmon/observation";
import fc from "fast-check";
import { expect, test } from "vitest";
import { HourSums } from "./hour-sums.ts";
import { LineFields } from "./line-fields.ts";
import type { TableColumn } from "./table-columns.ts";
import type { TypePlan } from "./type-plan.ts";

const column = (name: string, inPrimaryKey = false): TableColumn => ({
  name,
  inPrimaryKey,
  max: null,
  maxDigits: null,
  maxCharacters: null,
  isAscii: false,
});
const KEYS = ["flow_no", "bucket_start", "icmp_type"].map((name) => column(name, true));

/** A table of sums with a least and a greatest value, and a first and a last instant, as several types have them. */
const PLAN = {
  name: "icmpct",
  type: {
    ...observationTypes.icmpct,
    columns: [
      { name: "flow_id", kind: "count" },
      { name: "interval_start", kind: "second" },
      { name: "icmp_type", kind: "count" },
      { name: "packets", kind: "count" },
      { name: "rtt_min", kind: "duration" },
      { name: "rtt_max", kind: "duration" },
      { name: "first", kind: "instant" },
      { name: "last", kind: "instant" },
    ],
  },
  places: { flowId: 3, class: -1, slice: -1, dataFlowId: -1, time: 4 },
} as unknown as TypePlan;
const TABLE = [...KEYS, ...["packets", "rtt_min_ns", "rtt_max_ns", "first", "last"].map((name) => column(name))];

const line = fc.record({
  flow: fc.integer({ min: 1, max: 4 }),
  minute: fc.integer({ min: 0, max: 200 }),
  icmp: fc.integer({ min: 0, max: 1 }),
  packets: fc.integer({ min: 0, max: 2 ** 40 }),
  rtt: fc.option(fc.integer({ min: 0, max: 10 ** 9 })),
  us: fc.integer({ min: 0, max: 59_999_999 }),
});
const NUMBERS = { probeNo: 1, flowNo: 1, classNo: 0, sliceNo: 0 };

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

function rowsOf(sums: HourSums): string[] {
  const text = Buffer.concat([...sums.rows().chunks()]).toString("latin1");
  return text.split("\n").slice(0, -1);
}

const START_S = Date.UTC(2026, 1, 28, 22, 30) / 1000;

test("rows are what adding the lines up one by one gives, whatever the lines", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 300 }), (lines) => {
      const sums = HourSums.of(PLAN, TABLE)!;
      const naive = new Map<string, { packets: bigint; rtts: number[]; instants: bigint[] }>();
      for (const { flow, minute, icmp, packets, rtt, us } of lines) {
        const startS = START_S + 60 * minute;
        const firstNs = BigInt(startS) * 10n ** 9n + BigInt(us) * 1000n + 999n;
        const rttText = rtt === null ? "\\N" : String(rtt);
        const fields = [flow, `${startS}000000000`, icmp, packets, rttText, rttText, firstNs, firstNs + 7000n];
        sums.add(lineOf(["p1", "run", "1", ...fields.map(String)]), { ...NUMBERS, flowNo: flow });
        const hour = new Date(startS * 1000).toISOString().slice(0, 13).replace("T", " ");
        const key = `${flow}\t${hour}:00:00\t${icmp}`;
        const row = naive.get(key) ?? { packets: 0n, rtts: [], instants: [] };
        row.packets += BigInt(packets);
        if (rtt !== null) row.rtts.push(rtt);
        row.instants.push(firstNs / 1000n);
        naive.set(key, row);
      }
      const text = (us: bigint) =>
        `${new Date(Number(us / 1000n)).toISOString().slice(0, 23).replace("T", " ")}${String(us % 1000n).padStart(3, "0")}`;
      const expected = [...naive].map(([key, { packets, rtts, instants }]) => {
        instants.sort((a, b) => (a < b ? -1 : 1));
        rtts.sort((a, b) => a - b);
        return `${key}\t${packets}\t${rtts[0] ?? "\\N"}\t${rtts.at(-1) ?? "\\N"}\t${text(instants[0]!)}\t${text(instants.at(-1)! + 7n)}`;
      });
      expect(sums.isTrue).toBe(true);
      expect(rowsOf(sums).sort()).toEqual(expected.sort());
      expect(sums.count).toBe(expected.length);
    }),
  );
});

test("a sum that a double cannot hold spoils the rows instead of rounding", () => {
  const sums = HourSums.of(PLAN, TABLE)!;
  const add = (packets: string) =>
    sums.add(
      lineOf(["p1", "run", "1", "1", `${START_S}000000000`, "8", packets, "\\N", "\\N", "1000", "1000"]),
      NUMBERS,
    );
  add(String(Number.MAX_SAFE_INTEGER));
  expect(sums.isTrue).toBe(true);
  add("1");
  expect(sums.isTrue).toBe(false);
  expect(rowsOf(sums)).toEqual([]);
});
