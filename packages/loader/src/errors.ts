import { type ErrorEntry, EXIT, errorsOf } from "@trafmon/runtime";

/** Everything that can stop the loader, and what the operator can do about it. */
export const loaderErrors = {
  LOADER_BUSY: {
    hint: "Another loader works there: it takes these files too, or the next run will.",
    exitCode: EXIT.TRY_AGAIN,
  },
  LOADER_PATH_UNUSABLE: {
    hint: "Name the collector's log directory with --path, and let the loader's user write there.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  LOADER_LOCK_LOST: {
    hint: "The server gave the loader's lock to somebody else; nothing was committed, run the loader again.",
    exitCode: EXIT.TRY_AGAIN,
  },
  LOADER_NOT_EMPTY: {
    hint: "Name a database that does not exist yet; nothing was changed.",
    exitCode: EXIT.BAD_OPTION,
  },
  LOADER_NO_DATABASE: {
    hint: "Name the database there is with -d. Where there is none, put the logs back and let the loader load them.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  LOADER_FEED_CHANGED: {
    hint: "The logs were loaded by the former rows of `feed`: drop the new database and rebuild it once more.",
    exitCode: EXIT.TRY_AGAIN,
  },
  LOADER_TORN_DAYS: {
    hint: "Both databases are as they were. Compare those days; with --logs-only the logs alone are believed.",
    exitCode: EXIT.DATA_REJECTED,
  },
  LOADER_STAGING_DIFFERS: {
    hint: "The server changed values while taking them, so nothing was committed: please report this with the log.",
    exitCode: EXIT.OUR_FAULT,
  },
} as const satisfies Record<string, ErrorEntry>;

export const loaderError = errorsOf(loaderErrors);
