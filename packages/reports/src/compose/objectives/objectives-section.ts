import type { ObjectiveFigures } from "../../ask/objectives/objective-figures.ts";
import type { Promised } from "../../ask/objectives/promises.ts";
import type { Period } from "../../period.ts";
import { gridOf, utcMs } from "../../time-grid.ts";
import { dayLabel } from "../calendar.ts";
import { listing, plural } from "../figures.ts";
import type { ListLimits } from "../manager/limits.ts";
import type { Block, HeatMap, Section, Sentences, Table, Value } from "../model.ts";
import { definitionsOf } from "./definitions.ts";
import { type JudgedPromise, judge, type Verdict } from "./judge.ts";
import { measuredText, placeWords, ppmText, promiseWords, shareText } from "./objective-words.ts";
import { worstHours } from "./worst-hours.ts";

/** A map of more objectives is no help to the eye. */
const MOST_MAPPED = 30;

/** What the classes promised, and what became of it. */
export function objectivesSection({ period, promises }: ObjectiveFigures, limits: ListLimits): Section {
  const judged = promises.map(judge);
  const title = "Objectives";
  if (judged.length === 0) {
    const text =
      "No flow class promised anything for the hours of this period. Objectives are declared in the flow classes of tmon.xml (element objective), and hold from the moment a probe takes the file up.";
    return { title, blocks: [{ kind: "notice", text }] };
  }
  const blocks: Block[] = [
    summary(judged),
    verdictTable(judged, period),
    hoursTable(judged),
    ...(judged.length <= MOST_MAPPED && period.days.length > 1 ? [breachMap(judged, period)] : []),
    worstHours(judged, period, limits.top),
    { kind: "sentences", fine: true, items: definitionsOf(judged) },
  ];
  return {
    title,
    intro:
      "What flow classes promise, judged hour by hour (UTC) by what was promised then. All probes and classes, whatever the filters of this report.",
    newPage: true,
    blocks,
  };
}

const VERDICTS: readonly Verdict[] = ["missed", "unclear", "not enough data", "met"];

function summary(judged: readonly JudgedPromise[]): Sentences {
  const parts = VERDICTS.flatMap((verdict) => {
    const count = judged.filter((each) => each.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  const items = [`Of ${plural(judged.length, "objective")}: ${listing(parts)}.`];
  for (const each of judged) if (each.verdict === "missed") items.push(missedWords(each));
  return { kind: "sentences", items: items.slice(0, 8) };
}

function missedWords({ promised, judged, counts }: JudgedPromise): string {
  const { className, name, hoursPpm } = promised;
  return (
    `${name} of class ${className} at ${placeWords(promised)} is missed: ${promiseWords(promised)} was promised for ` +
    `${ppmText(hoursPpm)} of the hours, and held in ${counts.within} of ${plural(judged, "judged hour")} (${hoursShare({ judged, counts })}).`
  );
}

function hoursShare({ judged, counts }: Pick<JudgedPromise, "judged" | "counts">): string {
  return judged === 0n ? "\u2013" : shareText(counts.within, judged, "down");
}

function verdictTable(judged: readonly JudgedPromise[], period: Period): Table {
  return {
    kind: "table",
    name: "objectives",
    title: "Objectives and their verdicts",
    columns: [
      { label: "Class", kind: "text", csv: "class" },
      { label: "Objective", kind: "text", csv: "objective" },
      { label: "Promised", kind: "text", csv: "promised", mostLines: 7 },
      { label: "Where", kind: "text", csv: "place" },
      { label: "Measured", kind: "text", csv: "measured" },
      { label: "Hours within", kind: "text", csv: "hours_within_share" },
      { label: "Verdict", kind: "text", csv: "verdict" },
      { label: "In force", kind: "text", csv: "in_force", csvOnly: true },
      { label: "Required", kind: "text", csv: "hours_required_share", csvOnly: true },
      { label: "Metric", kind: "text", csv: "metric", csvOnly: true },
      { label: "Target", kind: "count", csv: "target_ns_or_ppm", csvOnly: true },
      { label: "Percentile", kind: "count", csv: "percentile_ppm", csvOnly: true },
      { label: "Measured", kind: "count", csv: "measured_low_ns", csvOnly: true },
      { label: "Measured", kind: "count", csv: "measured_high_ns", csvOnly: true },
      { label: "Measured", kind: "count", csv: "measured_part", csvOnly: true },
      { label: "Measured", kind: "count", csv: "measured_whole", csvOnly: true },
    ],
    rows: judged.map((each) => {
      const { promised, measured, verdict } = each;
      const isDuration = measured?.kind === "duration";
      const inForce = inForceWords(promised.hours, period);
      return {
        role: "item",
        cells: [
          promised.className,
          promised.name,
          wholePromise(promised, inForce),
          placeWords(promised),
          measuredText(promised, measured),
          hoursShare(each),
          verdict,
          inForce,
          ppmText(promised.hoursPpm),
          promised.metric,
          promised.target,
          promised.percentilePpm,
          isDuration ? measured.lowNs : null,
          isDuration ? measured.highNs : null,
          measured === null || isDuration ? null : measured.part,
          measured === null || isDuration ? null : measured.whole,
        ],
      };
    }),
    note: "Measured: over all measured hours of the period together; the verdict is by the hours.",
    whyEmpty: "No class promised anything.",
  };
}

/** "95 % of delays of DNS at most 80 ms, in 99 % of hours; from 2026-10-04 12:00". */
function wholePromise(promised: Promised, inForce: string): string {
  const hours = promised.hoursPpm === 1_000_000n ? "every hour" : `${ppmText(promised.hoursPpm)} of hours`;
  return `${promiseWords(promised)}, in ${hours}${inForce === WHOLE_PERIOD ? "" : `; ${inForce}`}`;
}

const WHOLE_PERIOD = "whole period";

/** "whole period", or the local time of the first hour and of the end of the last. */
function inForceWords(hours: readonly string[], { fromMs, untilMs, zone }: Period): string {
  const [first, end] = [utcMs(hours[0]!), utcMs(hours.at(-1)!) + 3_600_000];
  if (first - fromMs < 3_600_000 && end >= untilMs) return WHOLE_PERIOD;
  const text = (ms: number) => {
    const local = zone.local(ms);
    return `${dayLabel(local)}, ${local.slice(11)}`;
  };
  if (first - fromMs < 3_600_000) return `until ${text(end)}`;
  return end >= untilMs ? `from ${text(first)}` : `${text(first)} to ${text(end)}`;
}

function hoursTable(judged: readonly JudgedPromise[]): Table {
  return {
    kind: "table",
    name: "objective-hours",
    title: "Hours and samples of each objective",
    columns: [
      { label: "Class", kind: "text", csv: "class" },
      { label: "Objective", kind: "text", csv: "objective" },
      { label: "Where", kind: "text", csv: "place" },
      { label: "Hours", kind: "count", csv: "hours" },
      { label: "Within", kind: "count", csv: "hours_within" },
      { label: "Beyond", kind: "count", csv: "hours_beyond" },
      { label: "Unclear", kind: "count", csv: "hours_unclear" },
      { label: "Few samples", kind: "count", csv: "hours_with_few_samples" },
      { label: "Not measured", kind: "count", csv: "hours_not_measured" },
      { label: "Samples", kind: "count", csv: "samples" },
      { label: "Samples within", kind: "count", csv: "samples_within" },
      { label: "Samples beyond", kind: "count", csv: "samples_beyond" },
    ],
    rows: judged.map(({ promised, counts, hours, samples, samplesWithin, samplesBeyond }) => ({
      role: "item",
      cells: [
        promised.className,
        promised.name,
        placeWords(promised),
        BigInt(hours.length),
        counts.within,
        counts.beyond,
        counts.unclear,
        counts.few,
        counts.unmeasured,
        samples,
        samplesWithin,
        samplesBeyond,
      ],
    })),
    note: "Samples are those of measured hours. Samples neither within nor beyond share a bucket of the histogram with the target.",
    whyEmpty: "No class promised anything.",
  };
}

function breachMap(judged: readonly JudgedPromise[], period: Period): HeatMap {
  const grid = gridOf(period, 0);
  return {
    kind: "heat-map",
    name: `objective-breaches-per-${grid.unit}`,
    title: `Hours beyond the target, per ${grid.each}`,
    quantity: "count",
    gapLabel: "no hour judged",
    rowHeading: "objective",
    columnHeading: grid.unit,
    rows: judged.map(({ promised }) => `${promised.name}, ${promised.className}, ${placeWords(promised)}`),
    columns: grid.axis.labels,
    columnNames: grid.axis.names,
    values: judged.map(({ hours }) => {
      const days = new Map<string, { judged: number; beyond: number }>();
      for (const { hour, state } of hours) {
        if (state !== "within" && state !== "beyond") continue;
        const day = days.get(grid.keyOf(hour)) ?? { judged: 0, beyond: 0 };
        day.judged++;
        if (state === "beyond") day.beyond++;
        days.set(grid.keyOf(hour), day);
      }
      return grid.keys.map((key): Value => days.get(key)?.beyond ?? null);
    }),
    whyEmpty: "No hour was judged in this period.",
  };
}
