import type { Traffic } from "../../ask/traffic.ts";
import { byEnd, endName } from "../ends.ts";
import { plural } from "../figures.ts";
import type { Matrix, Role, Section } from "../model.ts";
import { topList } from "../top-list.ts";
import type { ListLimits } from "./limits.ts";

/** More columns than this leave no room for figures on A4. */
const MOST_NAMES = 8;

/** Who sends to whom: bytes from the sender's activity to the receiver's. */
export function matrixSection(activities: readonly Traffic[], limits: ListLimits): Section {
  return {
    title: "Activity to activity",
    intro: "Every byte counted once, at the activity of its sender (row) and of its receiver (column).",
    blocks: [activityMatrix(activities, limits)],
  };
}

function activityMatrix(traffic: readonly Traffic[], limits: ListLimits): Matrix {
  // Ranked by what passes through their hosts, not by what they are charged with.
  const ends = byEnd(traffic, "activity").map((each) => ({ label: each.label, bytes: each.sent + each.received }));
  const present = ends.filter((each) => each.bytes > 0n);
  const { top, others, below } = topList(present, Math.min(limits.top, MOST_NAMES), limits.thresholdBytes);
  const names: { label: string; role: Role }[] = top.map(({ label }) => ({ label, role: "item" }));
  const placeOf = new Map(top.map(({ label }, at) => [label, at]));
  for (const [rest, role, word] of [
    [others, "others", "Others"],
    [below, "below", "Below threshold"],
  ] as const) {
    if (rest.length === 0) continue;
    for (const { label } of rest) placeOf.set(label, names.length);
    names.push({ label: `${word} (${plural(rest.length, "activity", "activities")})`, role });
  }
  const bytes = names.map(() => names.map(() => 0n));
  for (const { src, dst, fwdBytes, revBytes } of traffic) {
    const from = placeOf.get(endName(src, "activity"));
    const to = placeOf.get(endName(dst, "activity"));
    // Only ends without a single byte have no place.
    if (from === undefined || to === undefined) continue;
    bytes[from]![to]! += fwdBytes;
    bytes[to]![from]! += revBytes;
  }
  return {
    kind: "matrix",
    name: "activity-to-activity",
    title: "Volume from activity to activity",
    names,
    bytes,
    note: "Darker is more, on a logarithmic scale over three decades.",
    whyEmpty: "No volume in this period.",
  };
}
