import { readdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/** A complete file of nfcapd, nfpcapd or sfcapd. */
export interface NfcapdFile {
  readonly path: string;
  /** Beginning of its span by its name, milliseconds since the epoch. */
  readonly startMs: number;
  /** Beginning of the next file of its series; infinite for the newest. */
  readonly endMs: number;
}

/** Names are in local time, which an hour's change makes ambiguous; and clocks of exporters differ from the collector's. */
export const MARGIN_MS = 3_600_000;

/**
 * The complete files below a folder, in any of nfcapd's hierarchies (-S) and with a folder an exporter (-M, -n) or not,
 * in order of path. `nfcapd.current.*` is still being written.
 */
export async function nfcapdFiles(root: string): Promise<NfcapdFile[]> {
  const series = new Map<string, { path: string; startMs: number }[]>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const startMs = startOf(entry.name);
    if (startMs === null || entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const key = seriesOf(root, path);
    series.set(key, [...(series.get(key) ?? []), { path, startMs }]);
  }
  const files: NfcapdFile[] = [];
  for (const each of series.values()) {
    each.sort((a, b) => a.startMs - b.startMs || (a.path < b.path ? -1 : 1));
    each.forEach((file, index) => {
      files.push({ ...file, endMs: each[index + 1]?.startMs ?? Number.POSITIVE_INFINITY });
    });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether a flow that belongs to hours [firstMs, endMs) may be in the file, by the rules of place-flow.ts. */
export function mayHold(file: NfcapdFile, firstMs: number, endMs: number, activeMs: number): boolean {
  return file.endMs + MARGIN_MS >= firstMs && file.startMs - MARGIN_MS < endMs + activeMs;
}

/** `nfcapd.YYYYMMDDhhmm` or with seconds, in local time. */
function startOf(name: string): number | null {
  const match = /^nfcapd\.(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?$/.exec(name);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map((text) => Number(text ?? 0));
  const ms = new Date(year!, month! - 1, day, hour, minute, second).getTime();
  return Number.isNaN(ms) ? null : ms;
}

/** The folder of a file without the levels that nfcapd's -S adds: %Y/%m/%d/%H, %Y/%W/%u/%H, %Y/%j/%H, %Y-%m-%d/%H. */
function seriesOf(root: string, path: string): string {
  return dirname(relative(root, path))
    .split("/")
    .filter((level) => !/^(\d{1,4}|\d{4}-\d{2}-\d{2})$/.test(level))
    .join("/");
}
