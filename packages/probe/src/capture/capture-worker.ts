/** The capture thread: entry of the worker that capture-thread.ts starts. */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { FLAGS, KIND_PACKET, KIND_SHIFT, LENGTH } from "@trafmon/packet";
import { CodedError } from "@trafmon/runtime";
import type { CaptureNews, CaptureOrder, NextPlan } from "./capture-order.ts";
import { CaptureStage } from "./capture-stage.ts";
import { FileCapture } from "./file-capture.ts";
import { RingWriter } from "./frame-ring.ts";
import { LiveCapture } from "./live-capture.ts";
import { LiveRounds } from "./live-rounds.ts";
import { loadNativeBinding } from "./native-binding.ts";
import { type FilteredInterface, ReplayFilters } from "./replay-filters.ts";

/** Room in the ring that packets leave free, so that statistics always find some. */
const SPARE_WORDS = 16 * 1024;

/** Longest time after a stop for what the kernel has captured already. */
const DRAIN_MS = 1000;

function tell(news: CaptureNews): void {
  parentPort?.postMessage(news);
}

/** Goes over to the plans that have come. The loop never turns while frames are waiting, so they are fetched. */
function adoptPlans(stage: CaptureStage): void {
  if (parentPort === null) return;
  for (;;) {
    const received = receiveMessageOnPort(parentPort);
    if (received === undefined) return;
    stage.usePlan(received.message as NextPlan);
  }
}

/** Files wait while the ring is full. */
async function replay(source: FileCapture, stage: CaptureStage, ring: RingWriter): Promise<void> {
  do {
    while (!ring.isStopped && stage.collect(source)) {
      adoptPlans(stage);
      flush(stage, ring);
    }
  } while (!ring.isStopped && (await source.fill()));
  tell({ kind: "faults", faults: source.faults });
}

/** A live capture does not wait: what finds the ring full is counted and dropped. */
async function watch(source: LiveCapture, stage: CaptureStage, ring: RingWriter): Promise<void> {
  const binding = loadNativeBinding();
  const rounds = new LiveRounds(
    source,
    stage,
    () => binding.clock(),
    (figures) => tell({ kind: "figures", figures }),
  );
  while (!ring.isStopped) {
    while (stage.collect(source)) offer(stage, ring);
    rounds.pass(Date.now());
    adoptPlans(stage);
    offer(stage, ring);
    await source.fill();
  }
  await drain(source, stage, ring);
  // Closed first, for what the kernel still holds is then counted.
  await source.close();
  rounds.end(Date.now());
  offer(stage, ring);
}

/** Takes what has come before the stop and still waits in the kernel. On a busy link there is always more. */
async function drain(source: LiveCapture, stage: CaptureStage, ring: RingWriter): Promise<void> {
  const untilMs = performance.now() + DRAIN_MS;
  do {
    while (stage.collect(source)) offer(stage, ring);
    await source.fill();
  } while (!source.isIdle && performance.now() < untilMs);
  while (stage.collect(source)) offer(stage, ring);
  offer(stage, ring);
}

/** Passes the batch on, however long it takes. */
function flush(stage: CaptureStage, ring: RingWriter): void {
  ring.writeAll(stage.batch, 0, stage.used);
  stage.used = 0;
}

/** Passes on of the batch what the ring has room for. Packets that remain are dropped; what is no packet waits. */
function offer(stage: CaptureStage, ring: RingWriter): void {
  let at = 0;
  // Dropping may write statistics, which lengthens the batch or moves it.
  while (at < stage.used) {
    at = ring.write(stage.batch, at, stage.used, SPARE_WORDS);
    if (at === stage.used) break;
    const { batch } = stage;
    const end = at + batch[at + LENGTH]!;
    if (batch[at + FLAGS]! >>> KIND_SHIFT === KIND_PACKET) stage.statistics.moveToQueueDropped(batch, at);
    else ring.writeAll(batch, at, end);
    at = end;
  }
  stage.used = 0;
}

/** null where no interface has a filter: then our binding is not needed. */
function filtersOf(interfaces: readonly FilteredInterface[]): ReplayFilters | null {
  if (interfaces.every(({ filter }) => filter === "")) return null;
  return new ReplayFilters(loadNativeBinding(), interfaces);
}

async function capture({ plan, source, ring }: CaptureOrder): Promise<void> {
  const stage = new CaptureStage(plan);
  const writer = new RingWriter(ring);
  const opened =
    source.kind === "files"
      ? new FileCapture(source.files, filtersOf(source.filters ?? []))
      : new LiveCapture(loadNativeBinding(), source.interfaces, (change) => tell({ kind: "interface", change }));
  await opened.open();
  tell({ kind: "opened" });
  try {
    if (opened instanceof FileCapture) await replay(opened, stage, writer);
    else await watch(opened, stage, writer);
    stage.putEnd();
    // Even a reader that wants no more wants what was captured, and its statistics.
    flush(stage, writer);
  } finally {
    await opened.close();
  }
}

try {
  await capture(workerData as CaptureOrder);
} catch (error) {
  if (!(error instanceof CodedError)) throw error;
  const { code, message, hint, exitCode } = error;
  tell({ kind: "refused", code, message, hint, exitCode });
}
