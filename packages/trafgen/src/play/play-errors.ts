import { type ErrorEntry, EXIT, errorsOf } from "@trafmon/runtime";

/** What can stop the programs that play clients, and what the operator can do about it. */
export const playErrors = {
  TRAFGEN_HOST_UNKNOWN: {
    hint: "Check the name, that a name server answers, and that the host has an address of this family (-4, -6).",
    exitCode: EXIT.SERVER_UNAVAILABLE,
  },
  TRAFGEN_FILE_MISSING: {
    hint: "Name a file that exists, or let one be made: --make-file 10MB",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  TRAFGEN_FILE_UNWRITABLE: {
    hint: "Name a file in a folder that the user may write to, on a disk with room.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  TRAFGEN_PASSWORD_MISSING: {
    hint: "Set TRAFGEN_FTP_PASSWORD, or name a file with --password-file; then give - in place of the password.",
    exitCode: EXIT.BAD_OPTION,
  },
} as const satisfies Record<string, ErrorEntry>;

export const playError = errorsOf(playErrors);
