import cron from "node-cron";

const MINUTE_MS = 60_000;
/** Further back nobody counts minutes; 31 days of them are looked at in a moment. */
const LONGEST_LOOK_BACK_MS = 31 * 86_400_000;

export interface MissedRuns {
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Which runs of a schedule fell after `sinceMs` and up to `untilMs`; null: none. */
export function missedRuns(schedule: string, sinceMs: number, untilMs: number): MissedRuns | null {
  const task = cron.createTask(schedule, () => {});
  let [count, firstMs, lastMs] = [0, 0, 0];
  const { minute, hour } = cron.parse(schedule);
  const from = Math.max(sinceMs, untilMs - LONGEST_LOOK_BACK_MS);
  for (let ms = Math.floor(from / MINUTE_MS) * MINUTE_MS + MINUTE_MS; ms <= untilMs; ms += MINUTE_MS) {
    const at = new Date(ms);
    // Asking node-cron is slow, and most minutes are no candidates.
    if (!minute.includes(at.getMinutes()) || !hour.includes(at.getHours()) || !task.match(at)) continue;
    if (count++ === 0) firstMs = ms;
    lastMs = ms;
  }
  void task.destroy();
  return count === 0 ? null : { count, firstMs, lastMs };
}
