import type { Instant } from "@trafmon/runtime";
import type { Scenario, Traffic } from "../scenario/scenario.ts";
import type { FrameBatch } from "../send/frame-batch.ts";
import type { Account } from "./account.ts";
import { ConversationSource } from "./conversation-source.ts";
import { Craft } from "./craft.ts";
import { FtpSource } from "./ftp-source.ts";
import { HttpSource } from "./http-source.ts";
import type { Macs } from "./link-header.ts";
import { RequestSource } from "./request-source.ts";
import { StreamSource } from "./stream-source.ts";
import { TapPath } from "./tap-path.ts";
import { Timeline } from "./timeline.ts";
import type { TrafficSource } from "./traffic-source.ts";

/** Room that one step of the timeline may need: the fragments of the longest datagram. */
const MOST_STEP_FRAMES = 128;
const MOST_STEP_BYTES = 80 * 1024;

export interface ScenarioRunOptions {
  readonly scenario: Scenario;
  /** Instant 0. */
  readonly start: Instant;
  readonly account: Account;
  readonly macs: Macs;
  /** Live there are no hops, whatever the scenario says. */
  readonly ignoresHops?: boolean;
}

/** Works out a scenario, cycle by cycle, into batches of frames. */
export class ScenarioRun {
  readonly #scenario: Scenario;
  /** How many batches are filled at a time. */
  readonly taps: number;
  readonly #path: TapPath;
  readonly #timeline = new Timeline();
  readonly #sources: readonly TrafficSource[];
  #cycle = -1;

  constructor({ scenario, start, account, macs, ignoresHops = false }: ScenarioRunOptions) {
    this.#scenario = scenario;
    const timeline = this.#timeline;
    const { mtuBytes, seed } = scenario;
    const path = new TapPath(ignoresHops ? [] : scenario.hops, timeline, account);
    this.#path = path;
    this.taps = path.links - 1;
    const craft = new Craft({ timeline, path, account, start, macs, mtuBytes, seed });
    this.#sources = scenario.traffic.map((traffic) => sourceOf(traffic, craft));
  }

  /** Instant of what comes next; Infinity when all is done. */
  get nextNs(): number {
    this.#beginCycle();
    return this.#timeline.nextNs;
  }

  /** Instant of what came last. */
  get nowNs(): number {
    return this.#timeline.nowNs;
  }

  get cycles(): number {
    return this.#cycle + 1;
  }

  /** Begins one cycle more, when all is done. `atNs` is not before what came last. */
  again(atNs: number): void {
    this.#cycle++;
    for (const source of this.#sources) source.begin(atNs, this.#cycle);
  }

  /**
   * Goes on until all of a batch's room may be needed, or what comes next is due at `untilNs` or later.
   * @param batches one for each hop; one for no hops
   */
  fill(untilNs: number, batches: readonly FrameBatch[]): void {
    this.#path.batches = batches;
    while (hasRoom(batches)) {
      if (this.#timeline.isEmpty) this.#beginCycle();
      if (this.#timeline.nextNs >= untilNs) return;
      this.#timeline.step();
    }
  }

  /** Begins the next cycle when one is over and another to come. */
  #beginCycle(): void {
    const { cycles, pauseNs } = this.#scenario;
    // A cycle in which nothing happens would be over again and again without end.
    while (this.#timeline.isEmpty && (cycles === null || this.#cycle + 1 < cycles)) {
      this.#cycle++;
      const atNs = this.#timeline.nowNs + (this.#cycle === 0 ? 0 : pauseNs);
      for (const source of this.#sources) source.begin(atNs, this.#cycle);
    }
  }
}

function hasRoom(batches: readonly FrameBatch[]): boolean {
  return batches.every(
    (batch) =>
      batch.count + MOST_STEP_FRAMES <= batch.mostFrames && batch.usedBytes + MOST_STEP_BYTES <= batch.bytes.length,
  );
}

function sourceOf(traffic: Traffic, craft: Craft): TrafficSource {
  switch (traffic.kind) {
    case "stream":
      return new StreamSource(traffic, craft);
    case "conversation":
      return new ConversationSource(traffic, craft);
    case "http":
      return new HttpSource(traffic, craft);
    case "ftp":
      return new FtpSource(traffic, craft);
    default:
      return new RequestSource(traffic, craft);
  }
}
