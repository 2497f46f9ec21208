import type { Instant } from "@trafmon/runtime";
import type { Account } from "./account.ts";
import { Lane } from "./lane.ts";
import type { Macs } from "./link-header.ts";
import { seedOf } from "./random.ts";
import type { TapPath } from "./tap-path.ts";
import type { Timeline } from "./timeline.ts";

/** Tells the chance of the way from that of the traffic. */
const LANE_SEED = 0x1a9e;

/** What all traffic of a run is made with. */
export class Craft {
  readonly timeline: Timeline;
  readonly path: TapPath;
  readonly account: Account;
  /** Instant 0 of the run. */
  readonly start: Instant;
  readonly macs: Macs;
  readonly mtuBytes: number;
  readonly seed: number;

  constructor(parts: Pick<Craft, "timeline" | "path" | "account" | "start" | "macs" | "mtuBytes" | "seed">) {
    this.timeline = parts.timeline;
    this.path = parts.path;
    this.account = parts.account;
    this.start = parts.start;
    this.macs = parts.macs;
    this.mtuBytes = parts.mtuBytes;
    this.seed = parts.seed;
  }

  lane(stream: number): Lane {
    return new Lane(stream, seedOf(this.seed, LANE_SEED, stream), this.path.links);
  }
}
