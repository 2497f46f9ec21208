import type { Block, Chart, ReportModel, Section, Table, TableColumn, TableRow } from "../../compose/model.ts";
import { sectionId } from "../../compose/section-id.ts";
import { cellText } from "../cell-text.ts";
import { chartDrawing, isEmptyChart } from "../chart/chart-drawing.ts";
import * as palette from "../palette.ts";
import type { Ruler } from "../text-style.ts";
import { escaped } from "./escaped.ts";
import { styleSheet } from "./style.ts";
import { svgOf } from "./svg.ts";

/** Width at which charts are laid out; the page then scales them. */
const CHART_WIDTH = 640;
/** Letters of a word that a column makes room for. */
const MOST_UNBROKEN = 20;
/** Nothing of a page may be fetched or run, whatever names it shows. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:";

/** A report as one HTML file that needs nothing else: for mail and for the web. */
export function htmlPage(report: ReportModel, ruler: Ruler): string {
  const title = `${report.title}, ${report.subtitle}`;
  const facts = report.facts.map(
    ({ label, text, warning }) =>
      `<dt>${escaped(label)}</dt><dd${warning ? ' class="warn"' : ""}>${escaped(text)}</dd>`,
  );
  const links = report.sections
    .filter((section) => section.level !== 2)
    .map((section) => `<a href="#${escaped(sectionId(section))}">${escaped(section.title)}</a>`);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escaped(title)}</title>
<style>${styleSheet()}</style>
</head>
<body>
<header>
<p class="site">${escaped(report.site)}</p>
<h1>${escaped(report.title)}</h1>
<p class="sub">${escaped(report.subtitle)}</p>
<dl>${facts.join("\n")}</dl>
</header>
<nav aria-label="Contents">${links.join("\n")}</nav>
<main>
${report.sections.map((section) => sectionText(section, ruler)).join("\n")}
</main>
<footer>${escaped(report.generated)}</footer>
</body>
</html>
`;
}

function sectionText(section: Section, ruler: Ruler): string {
  const heading = section.level === 2 ? "h3" : "h2";
  const intro = section.intro === undefined ? "" : `<p class="intro">${escaped(section.intro)}</p>`;
  const blocks = section.blocks.map((block) => blockText(block, ruler)).join("\n");
  return `<section id="${escaped(sectionId(section))}">\n<${heading}>${escaped(section.title)}</${heading}>\n${intro}\n${blocks}\n</section>`;
}

function blockText(block: Block, ruler: Ruler): string {
  switch (block.kind) {
    case "sentences":
      return `<ul${block.fine ? ' class="fine"' : ""}>${block.items.map((item) => `<li>${escaped(item)}</li>`).join("")}</ul>`;
    case "notice":
      return noticeText(block.text, block.warning ?? false);
    case "figures": {
      const cards = block.items.map(
        ({ label, value, detail }) =>
          `<div><small>${escaped(label)}</small><b>${escaped(value)}</b><small>${escaped(detail)}</small></div>`,
      );
      return `<div class="figures">${cards.join("")}</div>`;
    }
  }
  const isEmpty = block.kind === "table" ? block.rows.length === 0 : isEmptyChart(block);
  const body = isEmpty
    ? noticeText(block.whyEmpty, false)
    : block.kind === "table"
      ? tableText(block)
      : chartText(block, ruler);
  const note = block.note === undefined || isEmpty ? "" : `<p class="note">${escaped(block.note)}</p>`;
  return `<h4>${escaped(block.title)}</h4>\n${body}\n${note}`;
}

function noticeText(text: string, warning: boolean): string {
  return `<p class="notice${warning ? " warn" : ""}">${escaped(text)}</p>`;
}

function chartText(chart: Chart, ruler: Ruler): string {
  return `<figure>${svgOf(chartDrawing(chart, CHART_WIDTH, ruler), chart.title)}</figure>`;
}

function tableText(table: Table): string {
  const columns = table.columns.map((column, at) => ({ column, at })).filter(({ column }) => !column.csvOnly);
  const shown = table.rows.filter((row) => !row.csvOnly);
  const head = columns.map(({ column, at }) => {
    const width = column.kind === "text" ? ` style="min-width:${longestWord(shown, at)}ch"` : "";
    return `<th scope="col"${numberClass(column)}${width}>${escaped(column.label)}</th>`;
  });
  const longest = Math.max(
    Number.MIN_VALUE,
    ...columns
      .filter(({ column }) => column.kind === "share")
      .flatMap(({ at }) => table.rows.filter((row) => row.role !== "total").map((row) => Number(row.cells[at] ?? 0))),
  );
  const rows = shown.map((row) => {
    const cells = columns.map(({ column, at }) => {
      const text = escaped(cellText(column.kind, row.cells[at] ?? null));
      const linked = at === 0 && row.to !== undefined ? `<a href="#${escaped(row.to)}">${text}</a>` : text;
      const bar = column.kind === "share" ? shareBar(row, row.cells[at], longest) : "";
      return `<td${numberClass(column)}>${bar}${linked}</td>`;
    });
    return `<tr class="${row.role}">${cells.join("")}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${head.join("")}</tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table></div>`;
}

/** Letters of the longest word of a column that is not broken: usual names and codes, not the path of a file. */
function longestWord(rows: readonly TableRow[], at: number): number {
  const words = rows.flatMap((row) => cellText("text", row.cells[at] ?? null).split(/[\s-]+/));
  return Math.min(MOST_UNBROKEN, Math.max(...words.map(({ length }) => length), 0));
}

function numberClass({ kind }: TableColumn): string {
  return kind === "text" ? "" : ' class="n"';
}

function shareBar(row: TableRow, share: unknown, longest: number): string {
  if (row.role === "total" || typeof share !== "number" || share <= 0) return "";
  const color = { item: palette.accent, others: palette.seriesOthers, below: palette.seriesBelow }[row.role];
  return `<span class="bar" style="width:${((4 * share) / longest).toFixed(2)}em;background:${color}"></span>`;
}
