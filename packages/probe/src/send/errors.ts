import { type ErrorEntry, EXIT, errorsOf } from "@trafmon/runtime";

/** What can keep a probe from sending, and what the operator can do about it. */
export const sendErrors = {
  PROBE_SPOOL_UNWRITABLE: {
    hint: "Give the probe's user write access to `spoolDir`, or name another folder there.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  PROBE_NOT_ACKNOWLEDGED: {
    hint: "Start the collector or check the way to it; the next start of this probe sends what is in the spool.",
    exitCode: EXIT.TRY_AGAIN,
  },
} as const satisfies Record<string, ErrorEntry>;

export const sendError = errorsOf(sendErrors);
