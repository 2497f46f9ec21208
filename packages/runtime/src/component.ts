import { once } from "node:events";

/** A part with a life of its own. Building one does nothing; only `start` touches the world. */
export interface Component {
  readonly name: string;
  start(): Promise<void>;
  /** Lets work in flight finish. Called once, and only after `start` succeeded. */
  stop(): Promise<void>;
}

/**
 * Starts parts in the order given, waits for `stopping`, then stops them in reverse. A signal that comes while parts
 * are starting stops those that run. A failing start stops those that run and is thrown on.
 */
export async function runComponents(
  parts: readonly Component[],
  stopping: AbortSignal,
  onStopFailure: (part: Component, error: unknown) => void,
): Promise<void> {
  const running: Component[] = [];
  try {
    for (const part of parts) {
      if (stopping.aborted) break;
      await part.start();
      running.unshift(part);
    }
    if (!stopping.aborted) await once(stopping, "abort");
  } finally {
    // A part that cannot stop must not keep the others from stopping.
    for (const part of running) {
      try {
        await part.stop();
      } catch (error) {
        onStopFailure(part, error);
      }
    }
  }
}
