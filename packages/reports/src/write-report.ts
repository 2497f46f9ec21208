import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ReportModel } from "./compose/model.ts";
import { csvFiles } from "./draw/csv/csv-file.ts";
import { htmlPage } from "./draw/html/page.ts";
import { drawReport } from "./draw/pdf/report.ts";
import type { SheetOptions } from "./draw/pdf/sheet.ts";
import { reportsError } from "./errors.ts";

export interface WriteOptions extends Pick<SheetOptions, "createdAt" | "compress" | "paper"> {
  /** Whether the report is wanted as a page, too. */
  readonly html: boolean;
}

export interface WrittenReport {
  readonly pdf: string;
  /** The page, where one was wanted. */
  readonly html: string | null;
  /** Folder of the CSV files. */
  readonly csv: string;
  readonly csvNames: readonly string[];
}

/**
 * Writes a report as `<folder>/<name>.pdf`, `<folder>/<name>_csv/` and, if wanted, `<folder>/<name>.html`. An earlier report of that name is replaced as a
 * whole; one that is being read is never seen half written.
 * @throws {CodedError} REPORTS_UNWRITABLE
 */
export async function writeReport(
  report: ReportModel,
  folder: string,
  name: string,
  options: WriteOptions,
): Promise<WrittenReport> {
  const pdf = join(folder, `${name}.pdf`);
  const csv = join(folder, `${name}_csv`);
  const files = csvFiles(report);
  const html = options.html ? join(folder, `${name}.html`) : null;
  const sheet = drawReport(report, options);
  const page = html === null ? "" : htmlPage(report, sheet.pen);
  try {
    await mkdir(folder, { recursive: true });
    await pipeline(sheet.doc, createWriteStream(`${pdf}.part`));
    await rm(`${csv}.part`, { recursive: true, force: true });
    await mkdir(`${csv}.part`);
    for (const file of files) await writeFile(join(`${csv}.part`, file.name), file.text);
    await rm(csv, { recursive: true, force: true });
    await rename(`${csv}.part`, csv);
    if (html !== null) {
      await writeFile(`${html}.part`, page);
      await rename(`${html}.part`, html);
    }
    await rename(`${pdf}.part`, pdf);
  } catch (cause) {
    throw reportsError(
      "REPORTS_UNWRITABLE",
      `cannot write the report into ${folder}: ${(cause as Error).message}`,
      cause,
    );
  }
  return { pdf, html, csv, csvNames: files.map((file) => file.name) };
}
