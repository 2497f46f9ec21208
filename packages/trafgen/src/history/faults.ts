import type { Host } from "./organisation.ts";
import { DAY_S } from "./span.ts";

/** What goes wrong, where and when: the reports are to show it, so it is written down beside the logs. */
export interface Fault {
  readonly kind: "link cut" | "congestion" | "names unanswered" | "server full" | "probe away" | "capture drops";
  /** Location concerned; null: the whole. */
  readonly location: string | null;
  readonly fromS: number;
  readonly untilS: number;
  readonly text: string;
}

/** `[kind, location, day of the period, hour, hours, text]` */
type FaultPlan = readonly [Fault["kind"], string | null, number, number, number, string];

const PLANS: readonly FaultPlan[] = [
  ["link cut", "Lisbon", 8, 13.25, 2.5, "nothing gets from or to Lisbon"],
  ["congestion", "Brussels", 14, 9, 3, "the Brussels uplink is full: loss and long round trips"],
  ["congestion", "Brussels", 15, 9, 3, "the Brussels uplink is full: loss and long round trips"],
  ["names unanswered", null, 17, 10.5, 0.7, "the name servers do not answer"],
  ["server full", "Frankfurt data centre", 20, 1, 4, "the file servers refuse uploads: no space left"],
  ["probe away", null, 22, 15.1, 1.6, "the probe is down: nothing is measured"],
  ["capture drops", null, 26, 11, 2, "the probe's machine is too slow: it drops packets and counts them"],
];

/** The faults of a period. Short periods have those that fit in. */
export function faultsOf(fromS: number, untilS: number): Fault[] {
  return PLANS.map(([kind, location, day, hour, hours, text]) => {
    const startS = fromS + (day - 1) * DAY_S + hour * 3600;
    return { kind, location, fromS: startS, untilS: startS + hours * 3600, text };
  }).filter((fault) => fault.untilS <= untilS);
}

/** What a path between two machines is like at an instant. */
export interface Conditions {
  readonly isCut: boolean;
  /** Share of segments lost. */
  readonly loss: number;
  /** How many times the usual round trip. */
  readonly slowness: number;
}

const FINE: Conditions = { isCut: false, loss: 0.0008, slowness: 1 };

/** The faults, asked by instant. */
export class FaultCalendar {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    this.faults = faults;
  }

  isOn(kind: Fault["kind"], atS: number): boolean {
    return this.#at(atS).some((fault) => fault.kind === kind);
  }

  between(one: Host, other: Host, atS: number): Conditions {
    let conditions = FINE;
    for (const fault of this.#at(atS)) {
      if (fault.location !== one.location && fault.location !== other.location) continue;
      if (fault.kind === "link cut") return { isCut: true, loss: 1, slowness: 1 };
      if (fault.kind === "congestion") conditions = { isCut: false, loss: 0.025, slowness: 4 };
    }
    return conditions;
  }

  #at(atS: number): Fault[] {
    return this.faults.filter(({ fromS, untilS }) => atS >= fromS && atS < untilS);
  }
}
