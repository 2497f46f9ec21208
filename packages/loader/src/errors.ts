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
  LOADER_STAGING_DIFFERS: {
    hint: "The server changed values while taking them, so nothing was committed: please report this with the log.",
    exitCode: EXIT.OUR_FAULT,
  },
} as const satisfies Record<string, ErrorEntry>;

export const loaderError = errorsOf(loaderErrors);
