import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ReportModel } from "./compose/model.ts";
import { csvFiles } from "./draw/csv/csv-file.ts";
import { drawReport } from "./draw/pdf/report.ts";
import { reportsError } from "./errors.ts";

export interface WrittenReport {
  readonly pdf: string;
  /** Folder of the CSV files. */
  readonly csv: string;
  readonly csvNames: readonly string[];
}

/**
 * Writes a report as `<folder>/<name>.pdf` and `<folder>/<name>_csv/`. An earlier report of that name is replaced as a
 * whole; one that is being read is never seen half written.
 * @throws {CodedError} REPORTS_UNWRITABLE
 */
export async function writeReport(
  report: ReportModel,
  folder: string,
  name: string,
  createdAt: Date,
  compress = true,
): Promise<WrittenReport> {
  const pdf = join(folder, `${name}.pdf`);
  const csv = join(folder, `${name}_csv`);
  const files = csvFiles(report);
  const sheet = drawReport(report, { createdAt, compress });
  try {
    await mkdir(folder, { recursive: true });
    await pipeline(sheet.doc, createWriteStream(`${pdf}.part`));
    await rm(`${csv}.part`, { recursive: true, force: true });
    await mkdir(`${csv}.part`);
    for (const file of files) await writeFile(join(`${csv}.part`, file.name), file.text);
    await rm(csv, { recursive: true, force: true });
    await rename(`${csv}.part`, csv);
    await rename(`${pdf}.part`, pdf);
  } catch (cause) {
    throw reportsError(
      "REPORTS_UNWRITABLE",
      `cannot write the report into ${folder}: ${(cause as Error).message}`,
      cause,
    );
  }
  return { pdf, csv, csvNames: files.map((file) => file.name) };
}
