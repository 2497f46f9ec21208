import { type Connection, NamedLock, type RowDataPacket } from "@trafmon/database";
import type { Clock } from "@trafmon/runtime";
import { loaderError } from "./errors.ts";
import type { IdentityLists } from "./load/identity-lists.ts";
import type { Partitions } from "./merge/partitions.ts";
import type { RetentionMarks } from "./merge/retention-marks.ts";

export interface RetentionTurnsOptions {
  readonly connection: Connection;
  readonly database: string;
  readonly clock: Clock;
  readonly lists: IdentityLists;
  readonly partitions: Partitions;
  readonly marks: RetentionMarks;
}

/** A removal is done by then, or something is wrong. */
const WAIT_S = 600;
/** A removal waits as long as that for us: its turn comes well before. */
const TURN_MS = 120_000;

/**
 * Takes turns with retention, which removes flows and partitions while no loader has files in hand. What there is at the
 * beginning of our turn is there until its end.
 */
export class RetentionTurns {
  readonly #options: RetentionTurnsOptions;
  readonly #lock: NamedLock;
  /** Number of the last removal of flows that we know of. */
  #lastRemoval: unknown = null;
  #sinceMs = 0;

  constructor(options: RetentionTurnsOptions) {
    this.#options = options;
    this.#lock = new NamedLock(options.connection, "trafMon_flows", options.database);
  }

  async during(work: () => Promise<void>): Promise<void> {
    await this.#begin();
    try {
      await work();
    } finally {
      // A lost connection has let go of it.
      await this.#lock.release().catch(() => {});
    }
  }

  /** Whether our turn has lasted: a pass over many files would keep a full disk from being relieved. */
  get isOver(): boolean {
    return this.#options.clock.monotonicMs() - this.#sinceMs >= TURN_MS;
  }

  /** Lets retention in, if it waits. Nothing may be staged or merged meanwhile. */
  async letIn(): Promise<void> {
    await this.#lock.release();
    await this.#begin();
  }

  /** Forgets the flows that were removed since the last time, and sees what else there is. */
  async #begin(): Promise<void> {
    const { connection, database, clock, lists, partitions, marks } = this.#options;
    if (!(await this.#lock.take(WAIT_S))) {
      throw loaderError("LOADER_BUSY", `cannot load into ${database}: apply_retention is at work`);
    }
    this.#sinceMs = clock.monotonicMs();
    const [rows] = await connection.query<RowDataPacket[]>(
      "SELECT COALESCE(MAX(nth), 0) AS nth FROM retention_history WHERE table_name = 'flow'",
    );
    if (rows[0]!.nth !== this.#lastRemoval) lists.forgetFlows();
    this.#lastRemoval = rows[0]!.nth;
    await partitions.read(connection);
    await marks.read(connection);
  }
}
