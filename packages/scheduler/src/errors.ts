import { type ErrorEntry, EXIT, errorsOf } from "@trafmon/runtime";

/** What can stop the scheduler and the calls of procedures. */
export const schedulerErrors = {
  SCHEDULER_TABLE_UNREADABLE: {
    hint: "Name the cron table with --file; /etc/cron.d/trafmon comes with the installation.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  SCHEDULER_TABLE_INVALID: {
    hint: "Correct the lines named; crontab(5) describes the form: five fields, the user, the command.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  SCHEDULER_ALREADY_RUNS: {
    hint: "Stop the other scheduler first: two of them would start every job twice.",
    exitCode: EXIT.TRY_AGAIN,
  },
  SCHEDULER_STATE_UNWRITABLE: {
    hint: "Give the scheduler's user write access to the folder of --state.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  SCHEDULER_CALLS_INVALID: {
    hint: "A line is a procedure's name and its arguments, parted by blanks; # begins a comment.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
} as const satisfies Record<string, ErrorEntry>;

export const schedulerError = errorsOf(schedulerErrors);
