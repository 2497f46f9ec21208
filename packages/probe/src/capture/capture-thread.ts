import { createRequire } from "node:module";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { FLAG_SWITCH, FLAGS, KIND_CLOCK, KIND_SHIFT, LENGTH } from "@trafmon/packet";
import { CodedError } from "@trafmon/runtime";
import type { CaptureNews, CaptureOrder, NextPlan } from "./capture-order.ts";
import type { CapturePlan } from "./capture-stage.ts";
import type { FileFault } from "./file-capture.ts";
import { makeRing, RingReader } from "./frame-ring.ts";
import type { InterfaceChange } from "./live-capture.ts";
import type { InterfaceFigures } from "./live-figures.ts";
import type { PacketConsumer, PacketFeed } from "./packet-feed.ts";

/** Records consumed at once: the room they took is free again after that. */
const RUN_WORDS = 32 * 1024;

/** After so long the thread's other work, sockets and timers, has its turn. */
const TURN_MS = 4;

/** Longest sleep on an empty ring; how soon the end of the thread is seen. */
const WAIT_MS = 50;

export interface CaptureThreadOptions {
  readonly plan: CapturePlan;
  readonly source: CaptureOrder["source"];
  readonly ringBytes: number;
  /** An interface has failed, or is back. */
  readonly onInterfaceChange?: (change: InterfaceChange) => void;
  /** All sources are open. */
  readonly onOpened?: () => void;
  /** Once a second, what live interfaces have given and lost so far, by number. */
  readonly onFigures?: (figures: readonly InterfaceFigures[]) => void;
}

/** Capture in a thread of its own, which passes packet records on through a ring in shared memory. */
export class CaptureThread implements PacketFeed {
  /** Capture files that could not be read to their end; complete when `run` has resolved. */
  readonly faults: FileFault[] = [];
  readonly #options: CaptureThreadOptions;
  readonly #memory: SharedArrayBuffer;
  readonly #ring: RingReader;
  #failure: Error | null = null;
  #plan: CapturePlan;
  #worker: Worker | null = null;
  #exited = Promise.resolve();
  /** What to call at the marks that are still to come. */
  readonly #switches: (() => void)[] = [];

  constructor(options: CaptureThreadOptions) {
    this.#options = options;
    this.#plan = options.plan;
    this.#memory = makeRing(options.ringBytes);
    this.#ring = new RingReader(this.#memory);
  }

  /** Starts the thread before its records are consumed. It does not keep the process alive until then. */
  start(): void {
    const worker = startWorker({ ring: this.#memory, plan: this.#plan, source: this.#options.source });
    this.#worker = worker;
    worker.on("message", (news: CaptureNews) => this.#hear(news));
    worker.on("error", (error) => {
      this.#failure = error;
    });
    this.#exited = new Promise((resolve) => worker.once("exit", () => resolve()));
    worker.unref();
  }

  async run(consume: PacketConsumer): Promise<void> {
    if (this.#worker === null) this.start();
    this.#worker?.ref();
    let isRunning = true;
    const exited = this.#exited.then(() => {
      isRunning = false;
    });
    try {
      while (isRunning) {
        await this.#drain(consume);
        await this.#ring.wait(WAIT_MS);
      }
      // What was written between the last look and the exit.
      await this.#drain(consume);
      // Plans that the thread did not live to hear of.
      for (const switched of this.#switches.splice(0)) switched();
    } finally {
      this.#ring.leave();
      await exited;
      this.#worker = null;
    }
    if (this.#failure !== null) throw this.#failure;
  }

  usePlan(plan: CapturePlan, switched: () => void): void {
    if (this.#worker === null) {
      this.#plan = plan;
      switched();
      return;
    }
    this.#switches.push(switched);
    this.#worker.postMessage(plan satisfies NextPlan);
  }

  stop(): void {
    this.#ring.stop();
  }

  async #drain(consume: PacketConsumer): Promise<void> {
    const ring = this.#ring;
    let turnEndsMs = performance.now() + TURN_MS;
    while (ring.take(RUN_WORDS)) {
      await this.#pass(consume, ring.from, ring.until);
      ring.release();
      if (performance.now() < turnEndsMs) continue;
      await setImmediate();
      turnEndsMs = performance.now() + TURN_MS;
    }
  }

  /** Gives a run of records on, with a break at every mark. */
  async #pass(consume: PacketConsumer, from: number, until: number): Promise<void> {
    const { words } = this.#ring;
    let start = from;
    // Marks come only after their plan was asked for.
    for (let at = from; this.#switches.length > 0 && at < until; at += words[at + LENGTH]!) {
      if (!isMark(words[at + FLAGS]!)) continue;
      if (at > start) await consume(words, start, at);
      this.#switches.shift()?.();
      start = at;
    }
    if (until > start) await consume(words, start, until);
  }

  #hear(news: CaptureNews): void {
    switch (news.kind) {
      case "opened":
        this.#options.onOpened?.();
        break;
      case "interface":
        this.#options.onInterfaceChange?.(news.change);
        break;
      case "figures":
        this.#options.onFigures?.(news.figures);
        break;
      case "faults":
        this.faults.push(...news.faults);
        break;
      case "refused": {
        const { code, message, hint, exitCode } = news;
        this.#failure = new CodedError(code, message, { hint, exitCode });
      }
    }
  }
}

function isMark(flags: number): boolean {
  return flags >>> KIND_SHIFT === KIND_CLOCK && (flags & FLAG_SWITCH) !== 0;
}

/** From the sources, the worker is TypeScript and resolves our packages to their sources, as the tests do. */
function startWorker(order: CaptureOrder): Worker {
  if (!import.meta.url.endsWith(".ts")) {
    return new Worker(new URL("./capture-worker.js", import.meta.url), { workerData: order });
  }
  // Node 20 does not take a loader for a worker from its arguments; registered inside it, it works.
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx/package.json"));
  const loader = new URL("./dist/esm/api/index.mjs", tsx).href;
  const entry = new URL("./capture-worker.ts", import.meta.url).href;
  const start = `import(${JSON.stringify(loader)}).then((tsx) => { tsx.register(); return import(${JSON.stringify(entry)}); })`;
  return new Worker(start, { eval: true, workerData: order, execArgv: ["--conditions=source"] });
}
