import type { ManagerFigures } from "../../ask/manager-figures.ts";
import { utcMs } from "../../time-grid.ts";
import { dayWords, duringWords, periodWords, weekday } from "../calendar.ts";
import { byEnd, internetVolume, totalBytes, totalPackets } from "../ends.ts";
import { change, changeOf, count, exactBytes, listing, percent, plural, rate, shareOf, volume } from "../figures.ts";
import type { Block, Figure, Section } from "../model.ts";
import { topList } from "../top-list.ts";
import { meanRate } from "./mean-rate.ts";
import { volumeAside } from "./over-time.ts";
import { liveShare } from "./title.ts";

/** The period in one page of words and figures. */
export function summarySection(figures: ManagerFigures): Section {
  const blocks: Block[] = [
    {
      kind: "figures",
      items: [totalFigure(figures), changeFigure(figures), dayFigure(figures), internetFigure(figures)],
    },
    {
      kind: "figures",
      items: [rateFigure(figures), busiestFigure(figures), activityFigure(figures), serviceFigure(figures)],
    },
    { kind: "sentences", items: sentences(figures) },
    volumeAside(figures),
  ];
  return { title: "Summary", blocks };
}

function totalFigure({ activities }: ManagerFigures): Figure {
  const bytes = totalBytes(activities);
  return { label: "Total volume", value: volume(bytes), detail: exactBytes(bytes) };
}

function changeFigure({ activities, activitiesBefore, before }: ManagerFigures): Figure {
  const [now, then] = [totalBytes(activities), totalBytes(activitiesBefore)];
  const part = changeOf(now, then);
  return part === null
    ? { label: "Change", value: "\u2013", detail: "nothing to compare with" }
    : { label: "Change", value: change(part), detail: `from ${volume(then)}, ${periodWords(before)}` };
}

function busiestDay({ days }: ManagerFigures): [day: string, bytes: bigint] | null {
  let busiest: [string, bigint] | null = null;
  for (const [day, { bytes }] of days) if (busiest === null || bytes > busiest[1]) busiest = [day, bytes];
  return busiest;
}

function dayFigure(figures: ManagerFigures): Figure {
  if (figures.question.period.days.length === 1) return packetsFigure(figures);
  const busiest = busiestDay(figures);
  if (busiest === null) return { label: "Busiest day", value: "\u2013", detail: "" };
  const [day, bytes] = busiest;
  return { label: "Busiest day", value: dayWords(day).slice(0, -5), detail: `${weekday(day)}, ${volume(bytes)}` };
}

/** For a report on one day, whose busiest day is no news. */
function packetsFigure({ activities }: ManagerFigures): Figure {
  const packets = totalPackets(activities);
  const mean = packets === 0n ? "" : `${count(totalBytes(activities) / packets)}\u00a0bytes each on average`;
  return { label: "Packets", value: count(packets), detail: mean };
}

interface Busiest {
  readonly bytes: bigint;
  readonly bitsPerS: number;
  readonly day: string;
  /** "10:00 to 11:00". */
  readonly clock: string;
}

/** The busiest hour, or of a short measurement the busiest minutes. */
function busiestStretch(figures: ManagerFigures): Busiest | null {
  const { grid, hours, activities, question } = figures;
  const sums = new Map(grid.unit === "minute" ? [] : hours);
  if (grid.unit === "minute") {
    for (const { bucket, fwdBytes, revBytes } of activities)
      sums.set(bucket, (sums.get(bucket) ?? 0n) + fwdBytes + revBytes);
  }
  let busiest: [string, bigint] | null = null;
  for (const [start, bytes] of sums) if (busiest === null || bytes > busiest[1]) busiest = [start, bytes];
  if (busiest === null) return null;
  const seconds = grid.unit === "minute" ? grid.seconds[0]! : 3600;
  const { zone } = question.period;
  const startMs = utcMs(busiest[0]);
  const [start, end] = [zone.local(startMs), zone.local(startMs + seconds * 1000)];
  return {
    bytes: busiest[1],
    bitsPerS: (Number(busiest[1]) * 8) / seconds,
    day: start.slice(0, 10),
    clock: `${start.slice(11)} to ${end.slice(11)}`,
  };
}

function stretchWord({ grid }: ManagerFigures): string {
  return grid.unit === "minute" ? grid.each : "hour";
}

function busiestFigure(figures: ManagerFigures): Figure {
  const busiest = busiestStretch(figures);
  const label = `Busiest ${stretchWord(figures)}, mean rate`;
  if (busiest === null) return { label, value: "\u2013", detail: "" };
  return { label, value: rate(busiest.bitsPerS), detail: `${dayWords(busiest.day).slice(0, -5)}, ${busiest.clock}` };
}

function internetFigure({ activities }: ManagerFigures): Figure {
  const { from, to, through } = internetVolume(activities);
  const share = shareOf(from + to + through, totalBytes(activities));
  return {
    label: "Internet traffic",
    value: share === null ? "\u2013" : percent(share),
    detail: share === null ? "" : `in ${volume(from)}, out ${volume(to)}`,
  };
}

function rateFigure(figures: ManagerFigures): Figure {
  const { bitsPerS, overWhat } = meanRate(figures);
  return { label: "Mean rate", value: rate(bitsPerS), detail: `over ${overWhat}` };
}

function activityFigure({ activities }: ManagerFigures): Figure {
  return topFigure("Top activity", byEnd(activities, "activity"), totalBytes(activities));
}

function serviceFigure({ services, activities }: ManagerFigures): Figure {
  const ranked = services.map((each) => ({ label: each.service, bytes: each.bytes }));
  return topFigure("Top service", ranked, totalBytes(activities));
}

function topFigure(label: string, ranked: readonly { label: string; bytes: bigint }[], total: bigint): Figure {
  const [top] = topList(ranked, 1, 0n).top;
  const share = top ? shareOf(top.bytes, total) : null;
  if (!top || share === null) return { label, value: "\u2013", detail: "" };
  return { label, value: top.label, detail: `${percent(share)}, ${volume(top.bytes)}` };
}

function sentences(figures: ManagerFigures): string[] {
  const total = totalBytes(figures.activities);
  return [
    volumeSentence(figures, total),
    changeSentence(figures, total),
    busySentence(figures, total),
    topSentence("activity", "activities", byEnd(figures.activities, "activity"), total),
    internetSentence(figures, total),
    topSentence(
      "service",
      "services",
      figures.services.map((each) => ({ label: each.service, bytes: each.bytes })),
      total,
    ),
    tcpSentence(figures),
  ].filter((sentence) => sentence !== "");
}

function volumeSentence(figures: ManagerFigures, total: bigint): string {
  const packets = totalPackets(figures.activities);
  const { bitsPerS, overWhat } = meanRate(figures);
  return (
    `${duringWords(figures.question.period)} the network carried ${volume(total)} (${exactBytes(total)}) ` +
    `in ${plural(packets, "packet")}, a mean rate of ${rate(bitsPerS)} over ${overWhat}.`
  );
}

function changeSentence(figures: ManagerFigures, total: bigint): string {
  const then = totalBytes(figures.activitiesBefore);
  const words = periodWords(figures.before);
  const part = changeOf(total, then);
  if (part === null) return `There is no volume for the period before (${words}) to compare with.`;
  const direction =
    Math.abs(part) < 0.0005
      ? "as much as"
      : `${volume(total > then ? total - then : then - total)} ${part > 0 ? "more" : "less"} than`;
  const difference = direction === "as much as" ? "" : ` (${change(part)})`;
  const measured = liveShare(figures.before, figures.coverageBefore);
  const now = liveShare(figures.question.period, figures.coverage);
  // Two periods that were not watched alike do not compare.
  const caution =
    figures.question.source === "probe" && Math.abs(measured - now) > 0.05
      ? ` Mind that probes were live ${percent(measured)} of that period and ${percent(now)} of this one.`
      : "";
  return `That is ${direction} in the period before${difference}: ${words} had ${volume(then)}.${caution}`;
}

function busySentence(figures: ManagerFigures, total: bigint): string {
  const [day, busiest] = [busiestDay(figures), busiestStretch(figures)];
  if (day === null || busiest === null) return "";
  const word = `the busiest ${stretchWord(figures)} ${stretchWord(figures).endsWith("s") ? "were" : "was"}`;
  const where = busiest.day === day[0] ? " that day" : ` on ${weekday(busiest.day)} ${dayWords(busiest.day)}`;
  const volumes = `with ${volume(busiest.bytes)} or ${rate(busiest.bitsPerS)} on average`;
  if (figures.question.period.days.length === 1) return `The${word.slice(3)} ${busiest.clock}, ${volumes}.`;
  return (
    `The busiest day was ${weekday(day[0])} ${dayWords(day[0])} with ${volume(day[1])} ` +
    `(${percent(shareOf(day[1], total) ?? 0)} of the total); ${word} ${busiest.clock}${where}, ${volumes}.`
  );
}

function topSentence(
  one: string,
  many: string,
  ranked: readonly { label: string; bytes: bigint }[],
  total: bigint,
): string {
  const withVolume = ranked.filter((each) => each.bytes > 0n);
  const { top } = topList(withVolume, 3, 0n);
  const first = top[0];
  if (!first) return "";
  const parts = top.map((each) => `${each.label} (${percent(shareOf(each.bytes, total) ?? 0)})`);
  if (withVolume.length === 1) return `All of the volume belongs to one ${one}: ${first.label}.`;
  const sum = top.reduce((bytes, each) => bytes + each.bytes, 0n);
  const whole = top.length === withVolume.length ? "" : `, together ${percent(shareOf(sum, total) ?? 0)}`;
  return `The largest of ${plural(withVolume.length, one, many)}: ${listing(parts)}${whole}.`;
}

function internetSentence({ activities }: ManagerFigures, total: bigint): string {
  const { from, to, through } = internetVolume(activities);
  const share = shareOf(from + to + through, total);
  if (share === null) return "";
  if (share === 0) return "Nothing was exchanged with the Internet: all hosts have described or local addresses.";
  const passing = through === 0n ? "" : ` ${volume(through)} passed between two Internet hosts.`;
  return `${percent(share)} of the volume was exchanged with the Internet: ${volume(from)} came in, ${volume(to)} went out.${passing}`;
}

function tcpSentence({ services }: ManagerFigures): string {
  let [segments, again, opened, refused] = [0n, 0n, 0n, 0n];
  for (const { tcp } of services) {
    if (tcp === null) continue;
    segments += tcp.segments;
    again += tcp.retransmitted;
    opened += tcp.opened;
    refused += tcp.refused;
  }
  const share = shareOf(again, segments);
  if (share === null) return "";
  const quality = share < 0.01 ? "a healthy level" : share < 0.03 ? "worth watching" : "high: users notice this";
  const failed = refused === 0n ? "" : `, ${count(refused)} refused`;
  return `TCP had to send ${percent(share)} of its segments again (${quality}), on ${count(opened)} connections opened${failed}.`;
}
