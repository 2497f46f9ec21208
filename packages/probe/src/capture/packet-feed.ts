import type { CapturePlan } from "./capture-stage.ts";

/**
 * Takes records in words [from, until) of `words` (packet-record.ts). They are only there during the call, and until
 * the promise, if it returns one, is kept; a promise holds the capture back.
 */
export type PacketConsumer = (words: Int32Array, from: number, until: number) => void | Promise<void>;

/** What the analysis gets its packet records from. */
export interface PacketFeed {
  /**
   * Gives all records, in the order captured, to `consume`; the last is a KIND_END record. Resolves when the sources
   * have ended or `stop` was called, and all is consumed.
   *
   * @throws {CodedError} what the operator can act on: no such file, no such interface, no permission
   */
  run(consume: PacketConsumer): Promise<void>;
  /**
   * Goes over to other flow classes, with the same interfaces. `switched` is called, once, after the last record matched
   * by the old classes was consumed and before the first one by the new.
   */
  usePlan(plan: CapturePlan, switched: () => void): void;
  /** Ends the capture; what has been captured is still given. */
  stop(): void;
}
