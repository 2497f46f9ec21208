import type { ReportModel } from "../../compose/model.ts";
import { sectionId } from "../../compose/section-id.ts";
import * as palette from "../palette.ts";
import { LINE } from "../text-style.ts";
import type { Sheet } from "./sheet.ts";

const LABEL = { size: 8, color: palette.inkFaint } as const;
const LABEL_WIDTH = 92;

/** Who, what, when, and how far the figures can be relied on. */
export function drawTitleBlock(sheet: Sheet, report: ReportModel): void {
  const { pen } = sheet;
  pen.rect(0, 0, sheet.doc.page.width, 7, palette.accent);
  sheet.y = 40;
  pen.text(pen.fit(report.site, sheet.width, LABEL), sheet.left, sheet.y, {
    size: 9.5,
    color: palette.accent,
    weight: "semibold",
  });
  sheet.y += 17;
  for (const line of pen.wrap(report.title, sheet.width, { size: 23, weight: "semibold" }, 2)) {
    pen.text(line, sheet.left, sheet.y, { size: 23, weight: "semibold" });
    sheet.y += 23 * 1.2;
  }
  pen.text(pen.fit(report.subtitle, sheet.width, { size: 12 }), sheet.left, sheet.y, {
    size: 12,
    color: palette.inkSoft,
  });
  sheet.y += 12 * LINE + 10;
  pen.line(sheet.left, sheet.y, sheet.right, sheet.y, palette.hairline, 0.8);
  sheet.y += 6;
  for (const fact of report.facts) {
    const style = { size: 8.5, color: fact.warning ? palette.warning : palette.ink } as const;
    const lines = pen.wrap(fact.text, sheet.width - LABEL_WIDTH, style);
    pen.text(fact.label, sheet.left, sheet.y + 0.4, LABEL);
    for (const line of lines) {
      pen.text(line, sheet.left + LABEL_WIDTH, sheet.y, style);
      sheet.y += 8.5 * LINE;
    }
    sheet.y += 2.5;
  }
  drawContents(sheet, report);
  sheet.y += 3;
  pen.line(sheet.left, sheet.y, sheet.right, sheet.y, palette.hairline, 0.8);
  sheet.y += 14;
}

const LINK = { size: 8.5, color: palette.accent } as const;
const BETWEEN_LINKS = 14;

/** The sections' titles, each a link to its page. */
function drawContents(sheet: Sheet, report: ReportModel): void {
  const { pen } = sheet;
  const sections = report.sections.filter((section) => section.level !== 2);
  if (sections.length < 2) return;
  pen.text("Contents", sheet.left, sheet.y + 0.4, LABEL);
  let x = sheet.left + LABEL_WIDTH;
  for (const section of sections) {
    const title = pen.fit(section.title, sheet.width - LABEL_WIDTH, LINK);
    const width = pen.width(title, LINK);
    if (x + width > sheet.right && x > sheet.left + LABEL_WIDTH) {
      x = sheet.left + LABEL_WIDTH;
      sheet.y += LINK.size * LINE;
    }
    pen.text(title, x, sheet.y, LINK);
    sheet.linkTo(sectionId(section), x, sheet.y, width, LINK.size * LINE);
    x += width + BETWEEN_LINKS;
  }
  sheet.y += LINK.size * LINE + 2.5;
}
