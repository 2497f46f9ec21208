import type { CaptureSource } from "./capture-source.ts";
import { type CapturePlan, CaptureStage } from "./capture-stage.ts";
import type { PacketConsumer, PacketFeed } from "./packet-feed.ts";

/** Capture and analysis in turn, in one thread: as capture files are read when they need not wait for a second core. */
export class InlineFeed implements PacketFeed {
  readonly #source: CaptureSource;
  readonly #stage: CaptureStage;
  #isStopped = false;

  constructor(source: CaptureSource, plan: CapturePlan) {
    this.#source = source;
    this.#stage = new CaptureStage(plan);
  }

  async run(consume: PacketConsumer): Promise<void> {
    const source = this.#source;
    const stage = this.#stage;
    await source.open();
    try {
      do {
        while (!this.#isStopped && stage.collect(source)) await this.#pass(consume);
      } while (!this.#isStopped && (await source.fill()));
      stage.putEnd();
      await this.#pass(consume);
    } finally {
      await source.close();
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #pass(consume: PacketConsumer): Promise<void> {
    await consume(this.#stage.batch, 0, this.#stage.used);
    this.#stage.used = 0;
  }
}
