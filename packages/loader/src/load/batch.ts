import type { LogFile } from "../gather/log-folder.ts";
import type { Refusal } from "./checked-lines.ts";

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
  readonly staged: StagedFile[];
  /** Files that refer to ids not described yet: they stay in `loading` for the next pass. */
  readonly waiting: LogFile[];
  /** Files refused as a whole, with the reason. */
  readonly refused: { readonly file: LogFile; readonly reason: string }[];
}
