import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MadeUpNetwork, madeUpFigures } from "../../compose/manager/made-up-figures.ts";
import { makeSection } from "../../compose/section-catalogue.ts";
import { volumeReport } from "../../compose/volume-report.ts";
import { volumeDefinition } from "../../make-volume-report.ts";
import { overlapping, wordBoxes } from "../../word-boxes.ts";
import { writeReport } from "../../write-report.ts";

const GENERATED_MS = Date.UTC(2026, 10, 2, 6, 30);

const WEEK: MadeUpNetwork = {
  start: "2026-10-05",
  end: "2026-10-11",
  activities: ["Office", "Data centre", "*", "Video conferencing", "Backup", "Voice", "Guests"],
  locations: ["Brussels", "Paris", "*", "Kiruna ground station"],
  countries: ["Germany", "", "United States"],
  services: ["https", "ftp-data", "dns", "ssh", "ntp", "icmp"],
  missingDays: ["2026-10-08"],
  scale: 4e9,
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "report-pdf-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function pdfOf(network: MadeUpNetwork, name: string, top = 5, compress = true): Promise<string> {
  const options = { site: "Example site", top, threshold: 1000, generatedMs: GENERATED_MS };
  const manager = madeUpFigures(network);
  const report = volumeReport("Network volume report", manager, options, (limits) =>
    volumeDefinition("manager").sections.flatMap((section) => makeSection(section.name, { manager }, limits) ?? []),
  );
  return (
    await writeReport(report, folder, name, { createdAt: new Date(GENERATED_MS), compress, paper: "A4", html: false })
  ).pdf;
}

function textOf(pdf: string, ...options: string[]): string {
  return execFileSync("pdftotext", [...options, pdf, "-"], { encoding: "utf8" });
}

test("the text of a week's report is the golden one", async () => {
  const text = textOf(await pdfOf(WEEK, "week"), "-layout");
  const pages = text.replaceAll("\f", "\n--- page ---\n").replace(/[ \t]+$/gm, "");
  await expect(pages).toMatchFileSnapshot("../../../golden/manager-week.golden.txt");
});

test("the same figures give the same bytes", async () => {
  const first = readFileSync(await pdfOf(WEEK, "one", 5, false));
  const second = readFileSync(await pdfOf(WEEK, "two", 5, false));
  expect(first.equals(second)).toBe(true);
});

test("pages are numbered, fonts embedded, sections in the outline", async () => {
  const pdf = await pdfOf(WEEK, "outline", 5, false);
  const pages = Number(/Pages:\s+(\d+)/.exec(execFileSync("pdfinfo", [pdf], { encoding: "utf8" }))![1]);
  for (let page = 1; page <= pages; page++) {
    expect(textOf(pdf, "-f", String(page), "-l", String(page))).toContain(`Page ${page} of ${pages}`);
  }
  const fonts = execFileSync("pdffonts", [pdf], { encoding: "utf8" }).split("\n").slice(2).filter(Boolean);
  // Columns from the right: object, uni, sub, emb.
  for (const font of fonts) expect(font, font).toMatch(/\syes\s+yes\s+yes\s+\d+\s+0$/);
  const raw = readFileSync(pdf, "latin1");
  for (const title of ["Summary", "Volume per day", "Activities", "Site to site", "Trend", "TCP quality"]) {
    expect(raw).toContain(`/Title (${title})`);
  }
});

const networks: Record<string, MadeUpNetwork> = {
  week: WEEK,
  day: { ...WEEK, end: WEEK.start, missingDays: [] },
  "one activity": { ...WEEK, activities: ["Office"], locations: ["Brussels"], countries: [""], services: ["https"] },
  "long names and large figures": {
    ...WEEK,
    end: "2026-11-04",
    activities: Array.from({ length: 30 }, (_, at) => `Somebody gave this activity a very long name, number ${at}`),
    locations: Array.from(
      { length: 28 },
      (_, at) => `Averylonglocationwithoutanyblank-Stra\u00dfe-\u0391\u03b8\u03ae\u03bd\u03b1-${at}`,
    ),
    services: Array.from({ length: 27 }, (_, at) => `service-with-a-long-name-${at}`),
    scale: 7e14,
  },
};

for (const [name, network] of Object.entries(networks)) {
  test(`nothing lies outside the page or on other words: ${name}`, async () => {
    const boxes = wordBoxes(await pdfOf(network, name.replaceAll(" ", "-"), 25));
    expect(boxes.length).toBeGreaterThan(300);
    const outside = boxes.filter(({ left, right, bottom }) => left < 40 || right > 595.28 - 40 || bottom > 841.89 - 15);
    expect(outside).toEqual([]);
    expect(overlapping(boxes)).toEqual([]);
  });
}
