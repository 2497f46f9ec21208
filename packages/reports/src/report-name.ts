import { createHash } from "node:crypto";
import type { VolumeQuestion } from "./ask/volume-question.ts";
import type { Period } from "./period.ts";

/** A file name has 255 bytes at most; what follows the name, and the digest, need some of them. */
const LONGEST_BYTES = 220;
const DIGEST_LETTERS = 10;

/** Name of a report's files, without ending: kind, days, and whatever narrows it, so that two reports never share one. */
export function reportName(report: string, question: VolumeQuestion, probes: readonly string[] | undefined): string {
  const { period, source } = question;
  const filters = [
    ...(probes ?? []).map((probe) => `probe-${probe}`),
    question.flowClass === null ? "" : `class-${question.flowClass}`,
    question.activity === null ? "" : `activity-${question.activity}`,
    question.location === null ? "" : `location-${question.location}`,
    question.host === null ? "" : `host-${question.host}`,
  ].filter((part) => part !== "");
  const name = [
    ...["trafMon", report, period.start, period.end],
    ...(source === "netflow" ? ["netflow"] : []),
    ...(period.zone.name === "UTC" ? [] : [plain(period.zone.name)]),
  ];
  return bounded(name, filters);
}

/** What a file name cannot show tells two reports apart all the same. */
function bounded(parts: readonly string[], filters: readonly string[]): string {
  const name = [...parts, ...filters.map(plain)].join("_");
  const cut = firstBytes(name, LONGEST_BYTES);
  const isWhole = cut === name && filters.every((filter) => plain(filter) === filter);
  return isWhole ? name : `${cut}_${digestOf(filters)}`;
}

/** Name of the folder of detail reports: days, and what narrows them. */
export function detailFolder({ start, end, zone }: Period, probes: readonly string[] = [], flowClass?: string): string {
  const filters = [
    ...probes.map((probe) => `probe-${probe}`),
    ...(flowClass === undefined ? [] : [`class-${flowClass}`]),
  ];
  return bounded([`${start}_${end}`, ...(zone.name === "UTC" ? [] : [plain(zone.name)])], filters);
}

/** Letters and digits of any script stay; what a file name should not have becomes a hyphen. */
function plain(text: string): string {
  return text.replace(/[^\p{L}\p{N}.-]+/gu, "-");
}

/** Whole letters of a text, `most` bytes of UTF-8 at most. */
function firstBytes(text: string, most: number): string {
  let bytes = 0;
  let end = 0;
  for (const letter of text) {
    bytes += Buffer.byteLength(letter);
    if (bytes > most) break;
    end += letter.length;
  }
  return text.slice(0, end);
}

function digestOf(texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, DIGEST_LETTERS);
}
