import { DAY_S } from "./span.ts";

/** How busy people or machines are at a time of day, 0 .. 1. */
export type Profile = (atS: number) => number;

/** Office days: quiet nights, a dip at noon, hardly anything on Saturday and Sunday. */
export const officeHours: Profile = (atS) => {
  const hour = (atS % DAY_S) / 3600;
  const working = bell(hour, 10, 2.2) + 0.9 * bell(hour, 15, 2.4);
  return (0.02 + Math.min(1, working)) * (isWeekend(atS) ? 0.08 : 1);
};

/** Round the clock. */
export const roundTheClock: Profile = () => 1;

/** The hours after midnight, for what is copied while nobody waits. */
export const nightly: Profile = (atS) => {
  const hour = (atS % DAY_S) / 3600;
  return hour >= 1 && hour < 5 ? 1 : 0;
};

function bell(at: number, middle: number, width: number): number {
  return Math.exp(-(((at - middle) / width) ** 2));
}

/** 1970-01-01 was a Thursday. */
function isWeekend(atS: number): boolean {
  const day = (Math.floor(atS / DAY_S) + 4) % 7;
  return day === 0 || day === 6;
}
