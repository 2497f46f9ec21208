import type { LogFile } from "../gather/log-folder.ts";

/** Files that cannot be added together: a sum would be beyond the greatest number of its column. */
export class TooLargeSums extends Error {
  readonly files: readonly LogFile[];

  constructor(files: readonly LogFile[]) {
    super("sums beyond the greatest number of their column");
    this.files = files;
  }
}
