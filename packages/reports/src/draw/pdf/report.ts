import type { Block, Chart, ReportModel, Section } from "../../compose/model.ts";
import { sectionId } from "../../compose/section-id.ts";
import type { Drawing } from "../chart/canvas.ts";
import { chartDrawing, isEmptyChart } from "../chart/chart-drawing.ts";
import * as palette from "../palette.ts";
import { LINE } from "../text-style.ts";
import { drawShapes } from "./chart.ts";
import { Sheet, type SheetOptions } from "./sheet.ts";
import { drawTable, tableStartHeight } from "./table.ts";
import { drawTitleBlock } from "./title-block.ts";
import { drawFigureRow, drawNotice, drawSentences, figureRowHeight, noticeHeight } from "./words.ts";

const HEADINGS = { 1: { size: 15, weight: "semibold" }, 2: { size: 12, weight: "semibold" } } as const;
const INTRO = { size: 9, color: palette.inkSoft } as const;
const BLOCK_TITLE = { size: 9.5, weight: "semibold" } as const;
const NOTE = { size: 7.5, color: palette.inkFaint } as const;
const BLOCK_TITLE_HEIGHT = 19;

type TitledBlock = Exclude<Block, { kind: "sentences" | "notice" | "figures" }>;

/** Draws a report as a PDF. The stream of its bytes begins when the whole document has been drawn. */
export function drawReport(
  report: ReportModel,
  options: Pick<SheetOptions, "createdAt" | "compress" | "paper">,
): Sheet {
  const sheet = new Sheet({
    ...options,
    title: `${report.title}, ${report.subtitle}`,
    runningHead: `${report.site}  ·  ${report.title}  ·  ${report.subtitle}`,
    foot: report.generated,
    author: report.site,
  });
  drawTitleBlock(sheet, report);
  for (const section of report.sections) drawSection(sheet, section);
  sheet.finish();
  return sheet;
}

function drawSection(sheet: Sheet, section: Section): void {
  const { pen } = sheet;
  const heading = HEADINGS[section.level ?? 1];
  const titles = pen.wrap(section.title, sheet.width, heading, 2);
  const headingHeight = titles.length * heading.size * 1.25 + 6;
  const intro = section.intro === undefined ? [] : pen.wrap(section.intro, sheet.width, INTRO);
  const head = headingHeight + intro.length * INTRO.size * 1.4 + (intro.length > 0 ? 6 : 0);
  const first = section.blocks[0];
  if (section.newPage && !sheet.atTop()) sheet.newPage();
  // A heading is never parted from what it heads.
  sheet.ensure(Math.min(sheet.wholeRoom(), head + (first ? startHeight(sheet, first) : 0)));
  sheet.bookmark(sectionId(section), section.title, section.level ?? 1);
  for (const line of titles) {
    pen.text(line, sheet.left, sheet.y, heading);
    sheet.y += heading.size * 1.25;
  }
  sheet.y += 6;
  for (const line of intro) {
    pen.text(line, sheet.left, sheet.y, INTRO);
    sheet.y += INTRO.size * 1.4;
  }
  if (intro.length > 0) sheet.y += 6;
  for (const block of section.blocks) drawBlock(sheet, block);
  sheet.y += 12;
}

function drawBlock(sheet: Sheet, block: Block): void {
  if (block.kind === "stacked-bars" && block.aside && startHeight(sheet, block) > sheet.room()) return;
  sheet.ensure(Math.min(sheet.wholeRoom(), startHeight(sheet, block)));
  if (block.kind === "sentences") drawSentences(sheet, block);
  else if (block.kind === "notice") drawNotice(sheet, block);
  else if (block.kind === "figures") drawFigureRow(sheet, block);
  else drawTitledBlock(sheet, block);
}

function drawTitledBlock(sheet: Sheet, block: TitledBlock): void {
  const { pen } = sheet;
  pen.text(pen.fit(block.title, sheet.width, BLOCK_TITLE), sheet.left, sheet.y, BLOCK_TITLE);
  sheet.y += BLOCK_TITLE_HEIGHT;
  if (isEmpty(block)) drawNotice(sheet, { kind: "notice", text: block.whyEmpty });
  else if (block.kind === "table") drawTable(sheet, block);
  else drawShapes(sheet, drawingOf(sheet, block));
  if (block.note !== undefined && !isEmpty(block)) {
    const lines = pen.wrap(block.note, sheet.width, NOTE);
    sheet.ensure(lines.length * NOTE.size * LINE);
    for (const line of lines) {
      pen.text(line, sheet.left, sheet.y, NOTE);
      sheet.y += NOTE.size * LINE;
    }
  }
  sheet.y += 10;
}

/** Room without which a block had better begin on the next page. */
function startHeight(sheet: Sheet, block: Block): number {
  switch (block.kind) {
    case "sentences":
      return 2 * 14;
    case "notice":
      return noticeHeight(sheet, block);
    case "figures":
      return figureRowHeight();
  }
  if (isEmpty(block)) return BLOCK_TITLE_HEIGHT + noticeHeight(sheet, { kind: "notice", text: block.whyEmpty });
  const note = block.note === undefined ? 0 : sheet.pen.wrap(block.note, sheet.width, NOTE).length * NOTE.size * LINE;
  if (block.kind === "table") return BLOCK_TITLE_HEIGHT + tableStartHeight(sheet, block);
  return BLOCK_TITLE_HEIGHT + drawingOf(sheet, block).height + note;
}

/** A chart is measured before it is drawn. */
const drawings = new WeakMap<Chart, Drawing>();

function drawingOf(sheet: Sheet, chart: Chart): Drawing {
  let drawing = drawings.get(chart);
  if (drawing === undefined || drawing.width !== sheet.width) {
    drawing = chartDrawing(chart, sheet.width, sheet.pen);
    drawings.set(chart, drawing);
  }
  return drawing;
}

function isEmpty(block: TitledBlock): boolean {
  return block.kind === "table" ? block.rows.length === 0 : isEmptyChart(block);
}
