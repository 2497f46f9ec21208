import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Chart, ReportModel, TimeAxis } from "../../compose/model.ts";
import { writeReport } from "../../write-report.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "report-html-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const HOSTILE = "<script>alert(\"1\")</script>\u202e & 'x'";
const DAYS: TimeAxis = {
  unit: "day",
  zone: "UTC",
  labels: ["1 Oct", "2 Oct", "3 Oct", "4 Oct"],
  names: ["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04"],
};

/** One chart of every kind. */
const CHARTS: readonly Chart[] = [
  {
    kind: "stacked-bars",
    name: "bars",
    title: HOSTILE,
    time: DAYS,
    quantity: "count",
    series: [{ label: HOSTILE, role: "item", values: [12345678901234567890n, null, 0n, 5n] }],
    whyEmpty: "none",
  },
  {
    kind: "line-chart",
    name: "lines",
    title: "Lines",
    time: DAYS,
    quantity: "percent",
    series: [{ label: "a", style: "plain", values: [0.5, null, 0.25, 1] }],
    whyEmpty: "none",
  },
  {
    kind: "bands",
    name: "bands",
    title: "Bands",
    time: DAYS,
    quantity: "duration",
    low: { label: "least", values: [1e6, 2e6, null, 3e6] },
    middle: { label: "median", values: [2e6, 4e6, null, 3.5e6] },
    high: { label: "p95", values: [3e6, 9e6, null, 9e6] },
    most: { label: "most", values: [1e7, 1.2e7, null, 1e7] },
    whyEmpty: "none",
  },
  {
    kind: "heat-map",
    name: "heat",
    title: "Heat",
    quantity: "rate",
    rowHeading: "weekday",
    columnHeading: "hour",
    rows: ["Mon", "Tue"],
    columns: ["0", "1", "2"],
    values: [
      [1e6, 2e6, null],
      [0, 5e5, 3e6],
    ],
    whyEmpty: "none",
  },
  {
    kind: "distribution",
    name: "spread",
    title: "Spread",
    quantity: "duration",
    counted: "samples",
    logarithmic: true,
    bins: [
      { from: 1000, until: 2000, count: 5n },
      { from: 2000, until: 1e6, count: 90n },
      { from: 1e7, until: null, count: 5n },
    ],
    marks: [{ label: "p95", value: 1e6 }],
    whyEmpty: "none",
  },
  {
    kind: "matrix",
    name: "pairs",
    title: "Pairs",
    names: [
      { label: HOSTILE, role: "item" },
      { label: "Others", role: "others" },
    ],
    bytes: [
      [1n, 2n],
      [3n, 0n],
    ],
    whyEmpty: "none",
  },
];

const REPORT: ReportModel = {
  title: "Everything there is",
  subtitle: HOSTILE,
  site: "Site",
  facts: [{ label: "Fact", text: HOSTILE, warning: true }],
  generated: "Generated today",
  sections: [
    {
      title: "Words",
      blocks: [
        { kind: "sentences", items: [HOSTILE] },
        { kind: "notice", text: HOSTILE, warning: true },
        { kind: "figures", items: [{ label: "l", value: "1,234", detail: HOSTILE }] },
        {
          kind: "table",
          name: "table",
          title: "Table",
          columns: [
            { label: "Host", kind: "text", csv: "host" },
            { label: "Bytes", kind: "count", csv: "bytes" },
          ],
          rows: [{ role: "item", cells: [HOSTILE, 9007199254740993n], to: "charts" }],
          whyEmpty: "none",
        },
      ],
    },
    { id: "charts", title: "Charts", level: 2, blocks: CHARTS },
    { title: "Empty", blocks: CHARTS.map((chart) => emptied(chart)) },
  ],
};

/** The same chart without anything in it. */
function emptied(chart: Chart): Chart {
  const whyEmpty = `nobody made ${chart.name}`;
  const name = `no-${chart.name}`;
  const none = { label: "x", values: [null, null, null, null] };
  switch (chart.kind) {
    case "matrix":
      return { ...chart, name, names: [], bytes: [], whyEmpty };
    case "bands":
      return { ...chart, name, low: none, middle: none, high: none, whyEmpty };
    case "heat-map":
      return { ...chart, name, values: [[], []], whyEmpty };
    case "distribution":
      return { ...chart, name, bins: [], whyEmpty };
    default:
      return { ...chart, name, series: [], whyEmpty };
  }
}

async function written(paper: "A4" | "Letter") {
  const options = { createdAt: new Date(0), compress: true, paper, html: true };
  return await writeReport(REPORT, folder, `all-${paper}`, options);
}

test("a page holds all that the PDF has, and nothing that names bring runs or is fetched", async () => {
  const { pdf, html } = await written("A4");
  const page = readFileSync(html!, "utf8");
  const markup = page.replace(/<style>.*?<\/style>/s, "");
  expect(markup).not.toContain("<script");
  expect(markup).not.toContain("\u202e");
  expect(markup).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;\u00b7 &amp; &#39;x&#39;");
  expect(page).not.toMatch(/(src|href)="(?!#)|url\((?!data:)|@import|https?:/);
  const words = execFileSync("pdftotext", ["-layout", pdf, "-"], { encoding: "utf8" }).replace(/\s+/g, " ");
  const text = markup.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
  for (const each of ["9,007,199,254,740,993", "1,234", "median", "p95", "not measured", "nobody made spread"]) {
    expect(words, each).toContain(each);
    expect(text, each).toContain(each);
  }
  // Well-formed: every tag that is opened is closed, in order.
  const open: string[] = [];
  for (const [, slash, tag, own] of markup.matchAll(/<(\/?)([a-z0-9]+)(?:[^>"]|"[^"]*")*?(\/?)>/g)) {
    if (own === "/" || ["meta", "rect/"].includes(tag!)) continue;
    if (slash === "") open.push(tag!);
    else expect(open.pop(), "the tag that ends").toBe(tag);
  }
  expect(open).toEqual([]);
  expect(markup.match(/<svg /g)).toHaveLength(CHARTS.length);
});

test("every kind of chart has its raw figures in a CSV", async () => {
  const { csv } = await written("A4");
  const lines = (name: string) => readFileSync(join(csv, `${name}.csv`), "utf8").split("\r\n");
  expect(lines("bars")[1]).toBe("2026-10-01,12345678901234567890");
  expect(lines("bars")[2]).toBe("2026-10-02,");
  expect(lines("bands").slice(0, 2)).toEqual([
    "day (UTC),least (ns),median (ns),p95 (ns),most (ns)",
    "2026-10-01,1000000,2000000,3000000,10000000",
  ]);
  expect(lines("heat").slice(0, 4)).toEqual(["weekday,hour,bits per s", "Mon,0,1000000", "Mon,1,2000000", "Mon,2,"]);
  expect(lines("spread")[3]).toBe("10000000,,5");
});

test("paper is of the size asked for, and links lead to sections", async () => {
  for (const [paper, size] of [
    ["A4", "595.28 x 841.89"],
    ["Letter", "612 x 792"],
  ] as const) {
    const { pdf } = await written(paper);
    expect(execFileSync("pdfinfo", [pdf], { encoding: "utf8" })).toContain(size);
    const links = execFileSync("pdfinfo", ["-dests", pdf], { encoding: "utf8" });
    for (const id of ["words", "charts", "empty"]) expect(links).toContain(`"${id}"`);
  }
});
