import type { LogFile } from "../gather/log-folder.ts";
import type { Refusal } from "./checked-lines.ts";
import type { HourSums } from "./hour-sums.ts";
import type { NewRows } from "./identity-lists.ts";

/** A file of a batch, once it is staged. */
export interface StagedFile {
  readonly file: LogFile;
  readonly fileNo: number;
  readonly sha256: Buffer;
  linesLoaded: number;
  readonly refusals: Refusal[];
  /** Days its rows lie in: days since the epoch. Empty for identity files. */
  readonly days: Set<number>;
  /** For NetFlow, the days its minutes lie in. */
  readonly minuteDays: Set<number>;
}

/** What a batch holds: the files whose rows are in the staging tables, and those that are put off. */
export interface Batch {
  /** Numbers given while its lines were read, to be inserted before anything that refers to them. */
  readonly newRows: NewRows;
  /** What the lines of counter types add up to by hour, staged where they are true. */
  readonly hourSums: ReadonlyMap<StagedFile["file"]["type"], HourSums>;
  readonly staged: StagedFile[];
  /** Files that refer to ids not described yet: they stay in `loading` for the next pass. */
  readonly waiting: LogFile[];
  /** Files refused as a whole, with the reason. */
  readonly refused: { readonly file: LogFile; readonly reason: string }[];
}
