import { type ErrorEntry, EXIT, errorsOf } from "@trafmon/runtime";

/** Everything that can stop the generators, and what the operator can do about it. */
export const trafgenErrors = {
  TRAFGEN_LEDGER_EXISTS: {
    hint: "Name another folder with -D, or move the ledger of the earlier run away: a ledger is never written over.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  TRAFGEN_LEDGER_UNWRITABLE: {
    hint: "Name a folder with -D that the user may write to, on a disk with room.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  TRAFGEN_CAPTURE_FILE_UNWRITABLE: {
    hint: "Name a capture file with -w that the user may write to, on a disk with room.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
} as const satisfies Record<string, ErrorEntry>;

export const trafgenError = errorsOf(trafgenErrors);
export type TrafgenErrorCode = keyof typeof trafgenErrors;
export { sendErrors } from "./send/send-errors.ts";
