import type { CommonFigures } from "../../ask/common-figures.ts";
import type { Coverage } from "../../ask/coverage.ts";
import { isAdded } from "../../ask/probes.ts";
import type { Period } from "../../period.ts";
import { dayOf } from "../../time-grid.ts";
import { daysWords } from "../calendar.ts";
import { count, listing, percent, plural } from "../figures.ts";
import type { Fact } from "../model.ts";

/** Days of the period in which no probe was live and no volume was counted. */
export function unmeasuredDays(period: Period, coverage: Coverage, withVolume: ReadonlySet<string>): string[] {
  const live = new Set([...coverage.liveSeconds.keys()].map((hour) => dayOf(period, hour)));
  return period.days.filter((day) => !live.has(day) && !withVolume.has(day));
}

/** Below this, a title block warns of the time without a probe. */
const LIVE_ENOUGH = 0.99;

/** Seconds in which at least one probe was live. */
export function liveSeconds(coverage: Coverage): number {
  let seconds = 0;
  for (const each of coverage.liveSeconds.values()) seconds += each;
  return seconds;
}

/** Part of the period in which at least one probe was live, 0..1. */
export function liveShare(period: Period, coverage: Coverage): number {
  return Math.min(1, (liveSeconds(coverage) * 1000) / (period.untilMs - period.fromMs));
}

/** What was captured of what passed the taps; null: no statistics. */
export function capturedShare(coverage: Coverage): { share: number; lost: bigint; all: bigint } | null {
  let [kept, lost] = [0n, 0n];
  for (const each of coverage.captures) {
    kept += each.packets;
    lost += each.kernelDropped + each.cardDropped + each.queueDropped;
  }
  const all = kept + lost;
  return all === 0n ? null : { share: Number(kept) / Number(all), lost, all };
}

/** The facts of the title block: what was asked, of which data, how complete these are. */
export function titleFacts(figures: CommonFigures, thresholdBitsPerS: number, top: number): Fact[] {
  return [
    { label: "Filters", text: filterWords(figures) },
    { label: "Data", text: sourceWords(figures) },
    {
      label: "Lists",
      text:
        `The ${top} largest` +
        (thresholdBitsPerS === 0 ? "" : `, from a mean rate of ${count(thresholdBitsPerS)}\u00a0b/s over the period`) +
        "; everything else stands in “others” and “below threshold”, so totals are always complete",
    },
    ...completenessFacts(figures),
  ];
}

function filterWords({ question }: CommonFigures): string {
  const filters = [
    question.activity === null ? "" : `activity “${question.activity}” on either side`,
    question.location === null ? "" : `location “${question.location}” on either side`,
    question.host === null ? "" : `host “${question.host}” on either side`,
    question.flowClass === null ? "" : `flow class “${question.flowClass}”`,
  ].filter((filter) => filter !== "");
  return filters.length === 0 ? "None: all traffic" : "Only " + listing(filters);
}

function sourceWords({ question, probes }: CommonFigures): string {
  const kind = question.source === "netflow" ? "NetFlow records" : "Packets seen by probes";
  const used = probes.filter((probe) => isAdded(question, probe));
  const unused = probes.filter((probe) => !used.includes(probe));
  const names = used.length === 0 ? "" : `: ${listing(used.map((probe) => probe.name))}`;
  const left =
    unused.length === 0
      ? ""
      : ` (not in this report: ${listing(unused.map((probe) => probe.name))}; what several ${question.source === "netflow" ? "exporters" : "probes"} see is not added)`;
  return kind + names + left;
}

function completenessFacts(figures: CommonFigures): Fact[] {
  const { question, coverage } = figures;
  const facts: Fact[] = [];
  if (question.source === "netflow") {
    const missing = unmeasuredDays(question.period, coverage, new Set(figures.days.keys()));
    const days = missing.length === question.period.days.length ? "the whole period" : daysWords(missing);
    const gap = missing.length === 0 ? "" : `; there are no records of ${days}`;
    const text = `Not known: exporters do not say what they left out${gap}`;
    facts.push({ label: "Completeness", text, warning: missing.length > 0 });
  } else {
    facts.push(...measuredFacts(coverage, question.period, new Set(figures.days.keys())));
  }
  const whole = question.wholeHours ?? 0;
  if (whole > 0) {
    const text = `${plural(whole, "hour")} that a midnight cuts ${whole === 1 ? "counts" : "count"} on the day in which ${whole === 1 ? "it begins" : "they begin"}: their minutes are not kept`;
    facts.push({ label: "Cut hours", text, warning: true });
  }
  if (coverage.staleDays.length > 0) {
    const text = `${daysWords(coverage.staleDays)} (UTC): data came after these days were prepared, figures are too low`;
    facts.push({ label: "Stale days", text, warning: true });
  }
  if (coverage.partialDays.length > 0) {
    const text = `${daysWords(coverage.partialDays)} (UTC): prepared before the day was over`;
    facts.push({ label: "Partial days", text, warning: true });
  }
  if (figures.unlabelled > 0) {
    const who = plural(figures.unlabelled, "private or multicast address", "private or multicast addresses");
    const text = `${who} not looked at yet, taken for Internet hosts: run trafMon_updateIpInfo`;
    facts.push({ label: "Unknown hosts", text, warning: true });
  }
  return facts;
}

/** How much of what passed the taps was captured and kept, and of the time. */
export function measuredFacts(coverage: Coverage, period: Period, daysWithVolume: ReadonlySet<string>): Fact[] {
  const lost = spoolWords(coverage);
  return [
    capturedFact(coverage),
    liveFact(coverage, period, daysWithVolume),
    ...(lost === null ? [] : [{ label: "Records lost", text: lost, warning: true }]),
  ];
}

/** What full or damaged spools lost, in words; null: nothing. */
function spoolWords({ spoolLosses }: Coverage): string | null {
  if (spoolLosses.length === 0) return null;
  const byType = new Map<string, number>();
  let [records, unknown] = [0, 0];
  for (const loss of spoolLosses) {
    unknown += loss.unknownPdus;
    for (const [type, number] of loss.records) {
      byType.set(type, (byType.get(type) ?? 0) + number);
      records += number;
    }
  }
  const types = [...byType].sort(([, a], [, b]) => b - a).map(([type, number]) => `${count(number)} of ${type}`);
  const probes = [...new Set(spoolLosses.map((loss) => loss.probe))];
  const what = [
    ...(records > 0 ? [`${plural(records, "record")} (${listing(types)})`] : []),
    ...(unknown > 0 ? [`${plural(unknown, "message")} of unknown content`] : []),
  ];
  return `${listing(what)} in the spool of ${listing(probes)}: figures are too low`;
}

function capturedFact(coverage: Coverage): Fact {
  const captured = capturedShare(coverage);
  if (captured === null) {
    return { label: "Completeness", text: "Not known: no capture statistics for this period", warning: true };
  }
  const sum = (pick: (each: Coverage["captures"][number]) => bigint) =>
    coverage.captures.reduce((total, each) => total + pick(each), 0n);
  const causes = [
    [sum((each) => each.kernelDropped), "in the kernel"],
    [sum((each) => each.cardDropped), "on the card"],
    [sum((each) => each.queueDropped), "in the probe"],
  ] as const;
  const lost = causes.filter(([packets]) => packets > 0n).map(([packets, where]) => `${count(packets)} ${where}`);
  const text =
    `${percent(captured.share)} of ${count(captured.all)} packets captured` +
    (lost.length === 0 ? ", none lost" : `; lost: ${listing(lost)}`);
  return { label: "Completeness", text, warning: captured.share < 0.999 };
}

function liveFact(coverage: Coverage, period: Period, daysWithVolume: ReadonlySet<string>): Fact {
  const share = liveShare(period, coverage);
  const few = share < LIVE_ENOUGH;
  const missing = unmeasuredDays(period, coverage, daysWithVolume);
  const all = missing.length === period.days.length;
  const text =
    `A probe was live ${percent(share)} of the period` +
    (missing.length === 0 ? "" : all ? "; nothing was measured" : `; nothing was measured on ${daysWords(missing)}`);
  return { label: "Time measured", text, warning: few };
}
