import type { Period } from "../../period.ts";
import { utcMs } from "../../time-grid.ts";
import { count, duration } from "../figures.ts";
import type { Table } from "../model.ts";
import { excess, type JudgedHour, type JudgedPromise } from "./judge.ts";
import { measuredText, placeWords, shareText, targetText } from "./objective-words.ts";

/** Hours beyond their target, worst first: the page has some of them, the file has all, with the evidence. */
export function worstHours(judged: readonly JudgedPromise[], period: Period, most: number): Table {
  const breaches = judged.flatMap(({ promised, hours }) =>
    hours
      .filter(({ state }) => state === "beyond" || state === "unclear")
      .map((hour) => ({ promised, hour, excess: excess(promised, hour.measured!) })),
  );
  const worst = breaches.sort(
    (a, b) =>
      Number(b.hour.state === "beyond") - Number(a.hour.state === "beyond") ||
      b.excess - a.excess ||
      (a.hour.hour < b.hour.hour ? -1 : 1),
  );
  return {
    kind: "table",
    name: "objective-breaches",
    title: `Worst hours (times in ${period.zone.name})`,
    columns: [
      { label: "Hour from", kind: "text", csv: "hour_from" },
      { label: "Class", kind: "text", csv: "class" },
      { label: "Objective", kind: "text", csv: "objective" },
      { label: "Where", kind: "text", csv: "place" },
      { label: "Target", kind: "text", csv: "target" },
      { label: "Measured", kind: "text", csv: "measured" },
      { label: "State", kind: "text", csv: "state" },
      { label: "Samples", kind: "count", csv: "samples" },
      { label: "Evidence", kind: "text", csv: "evidence" },
      { label: "", kind: "text", csv: "hour_utc", csvOnly: true },
      ...CSV_ONLY.map((csv) => ({ label: "", kind: "count" as const, csv, csvOnly: true })),
    ],
    rows: worst.map(({ promised, hour }, at) => ({
      role: "item",
      csvOnly: at >= most,
      cells: [
        period.zone.local(utcMs(hour.hour)),
        promised.className,
        promised.name,
        placeWords(promised),
        targetText(promised),
        measuredText(promised, hour.measured),
        hour.state,
        hour.samples,
        evidence(hour, promised.metric),
        hour.hour,
        ...rawFigures(hour),
      ],
    })),
    note: moreWords(worst.length, most),
    whyEmpty: "No judged hour was beyond its target.",
  };
}

function moreWords(all: number, most: number): string {
  const more = all > most ? ` ${count(all - most)} more hours stand in objective-breaches.csv.` : "";
  return `unclear: the target lies within what is not known exactly.${more}`;
}

const CSV_ONLY = [
  "measured_low_ns",
  "measured_high_ns",
  "measured_part",
  "measured_whole",
  "samples_within",
  "samples_beyond",
  "unknown_packets",
  "negative_latencies",
  "covered_s",
  "frames_captured",
  "frames_dropped",
  "clock_error_ns",
] as const;

function rawFigures({ measured, samplesWithin, samplesBeyond, figures, watch }: JudgedHour): (bigint | null)[] {
  const isDuration = measured?.kind === "duration";
  return [
    isDuration ? measured.lowNs : null,
    isDuration ? measured.highNs : null,
    measured === null || isDuration ? null : measured.part,
    measured === null || isDuration ? null : measured.whole,
    samplesWithin,
    samplesBeyond,
    figures.unknown,
    figures.negative,
    watch?.coveredS ?? null,
    watch?.packets ?? null,
    watch?.dropped ?? null,
    watch?.clockErrorNs ?? null,
  ];
}

/** What speaks for and against the figure, in words. */
function evidence({ measured, samplesBeyond, figures, watch }: JudgedHour, metric: string): string {
  const words: string[] = [];
  if (measured?.kind === "share")
    words.push(`${count(measured.kind === "share" ? badOf(metric, measured) : 0n)} ${BAD[metric] ?? "beyond"}`);
  else words.push(`${count(samplesBeyond)} samples beyond`);
  if (figures.unknown > 0n) words.push(`${count(figures.unknown)} unknown`);
  if (figures.negative > 0n) words.push(`${count(figures.negative)} negative`);
  if (metric === "latency") {
    const error = watch?.clockErrorNs ?? null;
    words.push(error === null ? "clock error not known" : `clocks within ${duration(Number(error))}`);
  }
  if (watch !== null && watch.dropped > 0n) {
    words.push(`${shareText(watch.packets, watch.packets + watch.dropped, "down")} captured`);
  }
  return words.join(", ");
}

const BAD: Readonly<Record<string, string>> = {
  answered: "unanswered",
  loss: "lost",
  retransmitted: "sent again",
};

function badOf(metric: string, { part, whole }: { readonly part: bigint; readonly whole: bigint }): bigint {
  return metric === "answered" ? whole - part : part;
}
