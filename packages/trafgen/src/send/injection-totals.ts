import { getSystemErrorName } from "node:util";
import type { InjectionReport } from "./native-binding.ts";

/** What a sink has sent so far, and what it could not. */
export class InjectionTotals {
  sent = 0;
  bytesSent = 0;
  refused = 0;
  cancelled = 0;
  /** Tries of frames that the kernel had no room for, beyond the first. */
  retries = 0;
  largestLagNs = 0;
  /** How often, and by how much in all, the schedule was moved because it was too far behind. */
  shifts = 0;
  shiftedNs = 0;
  /** Refused frames by the system's name of the reason, such as ENETDOWN or EMSGSIZE. */
  readonly refusals = new Map<string, number>();

  add(report: InjectionReport): void {
    this.sent += report.sent;
    this.bytesSent += report.bytesSent;
    this.refused += report.refused;
    this.cancelled += report.cancelled;
    this.retries += report.retries;
    this.shifts += report.shifts;
    this.shiftedNs += report.shiftedNs;
    this.largestLagNs = Math.max(this.largestLagNs, report.largestLagNs);
    for (const [errno, frames] of Object.entries(report.refusals)) {
      const name = getSystemErrorName(-Number(errno));
      this.refusals.set(name, (this.refusals.get(name) ?? 0) + frames);
    }
  }
}
