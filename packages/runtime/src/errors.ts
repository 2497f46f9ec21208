import { type ErrorEntry, errorsOf } from "./coded-error.ts";
import { EXIT } from "./exit-codes.ts";

/** What can go wrong in how any program lives. */
export const runtimeErrors = {
  BAD_OPTION: {
    hint: "Run the program with --help to see its options, their defaults and an example.",
    exitCode: EXIT.BAD_OPTION,
  },
  LOG_UNWRITABLE: {
    hint: "Create the log directory and give the program's user write access to it, or name another one.",
    exitCode: EXIT.NO_PERMISSION,
  },
  DISK_FULL: {
    hint: "Free space on that disk, or raise the quota; then start the program again: nothing acknowledged is lost.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  DISK_FAILS: {
    hint: "See the kernel's messages (dmesg) about that disk; it fails, or is mounted for reading only.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  ACCESS_REFUSED: {
    hint: "Give the program's user the right to it, or run the program as the user that has it.",
    exitCode: EXIT.NO_PERMISSION,
  },
  TOO_MANY_FILES: {
    hint: "Raise the limit of open files (ulimit -n, or LimitNOFILE= in the unit).",
    exitCode: EXIT.TRY_AGAIN,
  },
  OUR_FAULT: {
    hint: "This is a fault of the program: please report it with the stack from the log (TRAFMON_STACK=1 prints it here).",
    exitCode: EXIT.OUR_FAULT,
  },
} as const satisfies Record<string, ErrorEntry>;

export const runtimeError = errorsOf(runtimeErrors);
