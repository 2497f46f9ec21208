import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SiteDatabase } from "../site/site-database.ts";
import { total, type Volume } from "./volume.ts";

/** A report covers ten years at most. */
const LONGEST_DAYS = 3652;

/**
 * What the manager report on a probe totals to, by service and by activity, over all days on which there is anything of
 * the probe. Days that lie too far apart for one report make several.
 */
export async function reportTotals(
  database: SiteDatabase,
  folder: string,
  probe: string,
): Promise<{ services: Volume; activitiesBytes: number }> {
  const services: Volume[] = [];
  let activitiesBytes = 0;
  for (const [first, last] of await periods(database, probe)) {
    const target = mkdtempSync(join(folder, "report-"));
    const period = ["-s", first, "-e", last];
    const ended = await database.report(target, ["-r", "manager", ...period, "-t", "5", "-T", "0", "--probe", probe]);
    if (ended.exitCode !== 0) throw new Error(`the report on ${probe} ended with ${ended.exitCode}: ${ended.stderr}`);
    const tables = join(target, readdirSync(target).find((name) => name.endsWith("_csv"))!);
    const byService = totalRow(join(tables, "services.csv"));
    services.push({ packets: Number(byService.packets), bytes: Number(byService.bytes) });
    activitiesBytes += Number(totalRow(join(tables, "activities.csv")).bytes);
  }
  return { services: total(services), activitiesBytes };
}

/** First and last days, both included. */
async function periods(database: SiteDatabase, probe: string): Promise<[first: string, last: string][]> {
  const rows = await database.rows(
    `SELECT DISTINCT DATE_FORMAT(bucket_start, '%Y-%m-%d') AS day
       FROM capsttable_1d x JOIN probe p ON p.probe_no = x.probe_no
      WHERE p.name = '${probe}'
      ORDER BY day`,
  );
  const found: [string, string][] = [];
  for (const { day } of rows) {
    const current = found.at(-1);
    if (current !== undefined && daysBetween(current[0], day) < LONGEST_DAYS) current[1] = day;
    else found.push([day, day]);
  }
  return found;
}

function daysBetween(first: string, last: string): number {
  return (Date.parse(last) - Date.parse(first)) / 86_400_000;
}

/** The total of a table, by the names of its columns. A report on nothing has no tables of volumes. */
function totalRow(path: string): Record<string, string> {
  if (!existsSync(path)) return { packets: "0", bytes: "0" };
  const [header, ...lines] = readFileSync(path, "utf8").trimEnd().split(/\r?\n/);
  const line = lines.find((each) => each.startsWith("total,"));
  if (line === undefined) throw new Error(`${path} has no total`);
  const values = line.split(",");
  return Object.fromEntries(header!.split(",").map((name, index) => [name, values[index]!]));
}
