import type { CaptureSource, LiveSource } from "./capture-source.ts";
import { type CapturePlan, CaptureStage } from "./capture-stage.ts";
import type { InterfaceFigures } from "./live-figures.ts";
import { LiveRounds } from "./live-rounds.ts";
import type { PacketConsumer, PacketFeed } from "./packet-feed.ts";

/**
 * Capture and analysis in turn, in one thread: how capture files are read, and how live capture goes where our own
 * binding, and so the capture thread, is not to be had.
 */
export class InlineFeed implements PacketFeed {
  readonly #source: CaptureSource;
  readonly #stage: CaptureStage;
  readonly #rounds: LiveRounds | null;
  #isStopped = false;
  #next: { readonly plan: CapturePlan; readonly switched: () => void } | null = null;

  /** `onFigures`: told once a second what a live source has given and lost so far. */
  constructor(
    source: CaptureSource | LiveSource,
    plan: CapturePlan,
    onFigures?: (figures: readonly InterfaceFigures[]) => void,
  ) {
    this.#source = source;
    this.#stage = new CaptureStage(plan);
    this.#rounds = "isIdle" in source ? new LiveRounds(source, this.#stage, () => null, onFigures) : null;
  }

  async run(consume: PacketConsumer): Promise<void> {
    const source = this.#source;
    const stage = this.#stage;
    await source.open();
    try {
      do {
        while (!this.#isStopped && stage.collect(source)) await this.#pass(consume);
        if (this.#rounds !== null) {
          this.#rounds.pass(Date.now());
          await this.#pass(consume);
        }
      } while (!this.#isStopped && (await source.fill()));
      this.#rounds?.end(Date.now());
      stage.putEnd();
      await this.#pass(consume);
    } finally {
      await source.close();
    }
  }

  usePlan(plan: CapturePlan, switched: () => void): void {
    const earlier = this.#next;
    this.#next = {
      plan,
      switched: () => {
        earlier?.switched();
        switched();
      },
    };
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #pass(consume: PacketConsumer): Promise<void> {
    const stage = this.#stage;
    await consume(stage.batch, 0, stage.used);
    stage.used = 0;
    if (this.#next === null) return;
    const { plan, switched } = this.#next;
    this.#next = null;
    switched();
    stage.usePlan(plan);
  }
}
