import { parseAddress } from "@trafmon/observation";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LoaderUnderTest } from "../fixtures/loader-under-test.ts";
import { SampleLogs } from "../fixtures/sample-logs.ts";

let bench: LoaderUnderTest;
beforeEach(async () => {
  bench = await LoaderUnderTest.make();
});
afterEach(() => bench.remove());

const START = Date.UTC(2026, 2, 1, 12) / 1000;
const ADDRESS = parseAddress("192.0.2.1")!;

interface Range {
  readonly from: number;
  readonly to: number;
}

let serial = 0;

/** Writes a file of a run of its own and loads it. */
async function load(
  value: string,
  ranges: readonly Range[],
  probe = "p1",
  source: "dns" | "tls" = "dns",
): Promise<void> {
  const logs = new SampleLogs(probe, (0xa0000 + ++serial).toString(16).padStart(16, "0"));
  for (const { from, to } of ranges) {
    logs.add("ident", {
      address: ADDRESS,
      kind: "name",
      value,
      source,
      valid_from_s: START + from,
      valid_to_s: START + to,
    });
  }
  logs.write(bench.path);
  expect(await bench.load()).toMatchObject({ filesLoaded: 1, linesLoaded: ranges.length, linesRejected: 0 });
}

async function ranges(value: string, probe = "p1"): Promise<Range[]> {
  const rows = await bench.rows(
    `SELECT TIMESTAMPDIFF(SECOND, ?, valid_from) AS start, TIMESTAMPDIFF(SECOND, ?, valid_to) AS end
       FROM v_identity WHERE address = '192.0.2.1' AND value = ? AND probe = ? ORDER BY valid_from`,
    [new Date(START * 1000), new Date(START * 1000), value, probe],
  );
  return rows.map(({ start, end }) => ({ from: Number(start), to: Number(end) }));
}

/** A naive second: every half second that some range covers, put into runs. */
function naiveUnion(all: readonly Range[]): Range[] {
  const covered = new Set(
    all.flatMap(({ from, to }) => Array.from({ length: 2 * (to - from) + 1 }, (_, i) => 2 * from + i)),
  );
  const runs: { from: number; to: number }[] = [];
  for (const half of [...covered].sort((a, b) => a - b)) {
    const open = runs.at(-1);
    if (open !== undefined && half === 2 * open.to + 1) open.to = half / 2;
    else if (open !== undefined && half === open.to * 2) continue;
    else runs.push({ from: half / 2, to: half / 2 });
  }
  return runs;
}

test("ranges of a value that overlap or touch become one; others, and other values and probes, stay apart", async () => {
  await load("www.example.org", [{ from: 0, to: 60 }]);
  await load("www.example.org", [{ from: 300, to: 360 }]);
  await load("www.example.org", [{ from: 60, to: 120 }]);
  await load("mail.example.org", [{ from: 90, to: 400 }]);
  await load("www.example.org", [{ from: 100, to: 330 }], "p2");
  expect(await ranges("www.example.org")).toEqual([
    { from: 0, to: 120 },
    { from: 300, to: 360 },
  ]);
  expect(await ranges("mail.example.org")).toEqual([{ from: 90, to: 400 }]);
  expect(await ranges("www.example.org", "p2")).toEqual([{ from: 100, to: 330 }]);
  // Late, it bridges the gap.
  await load("www.example.org", [{ from: 110, to: 310 }]);
  expect(await ranges("www.example.org")).toEqual([{ from: 0, to: 360 }]);
});

test("which name had this address then is one query", async () => {
  await load("old.example.org", [{ from: 0, to: 3600 }]);
  await load("new.example.org", [{ from: 1800, to: 7200 }]);
  const nameAt = async (at: number) =>
    (
      await bench.rows(
        `SELECT value FROM v_identity
          WHERE address_bytes = INET6_ATON('192.0.2.1') AND kind = 'name' AND ? BETWEEN valid_from AND valid_to
          ORDER BY valid_from DESC`,
        [new Date((START + at) * 1000)],
      )
    ).map((row) => row.value);
  expect(await nameAt(-1)).toEqual([]);
  expect(await nameAt(900)).toEqual(["old.example.org"]);
  expect(await nameAt(2000)).toEqual(["new.example.org", "old.example.org"]);
  expect(await nameAt(7200)).toEqual(["new.example.org"]);
});

test("whatever the order and however often ranges come, the union is the same", async () => {
  const range = fc
    .tuple(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 0, max: 30 }))
    .map(([from, length]) => ({ from, to: from + length }));
  let turn = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(range, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }),
      async (files) => {
        const value = `host-${++turn}.example.org`;
        for (const each of files) await load(value, each);
        const expected = naiveUnion(files.flat());
        expect(await ranges(value)).toEqual(expected);
        await load(value, [...files.flat()].reverse());
        expect(await ranges(value)).toEqual(expected);
      },
    ),
    { numRuns: 12 },
  );
});
