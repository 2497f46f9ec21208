/** Exit codes of every program: sysexits(3). A scheduler tells "try again" from "broken" by them. */
export const EXIT = {
  /** Done, or nothing to do. */
  DONE: 0,
  /** The command line cannot be understood. */
  BAD_OPTION: 64,
  /** The work is done, but some of the data given was refused. */
  DATA_REJECTED: 65,
  /** A server that is needed does not answer, or refuses. */
  SERVER_UNAVAILABLE: 69,
  /** A fault of ours. */
  OUR_FAULT: 70,
  /** Reading or writing failed: disk full, file gone, broken capture. */
  INPUT_OUTPUT: 74,
  /** Busy, or not finished in time: the same command may succeed later. */
  TRY_AGAIN: 75,
  NO_PERMISSION: 77,
  BAD_CONFIGURATION: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
