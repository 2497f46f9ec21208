import type { TimeGrid } from "../../time-grid.ts";
import type { Database } from "../volume-question.ts";
import type { DetailScope } from "./scope.ts";

/** What the sections of a detail report ask with. */
export interface DetailAsking {
  readonly database: Database;
  readonly scope: DetailScope;
  readonly grid: TimeGrid;
  /** Keys of the grid's stretches in which a probe was live. */
  readonly live: ReadonlySet<string>;
}
