import { type ErrorEntry, EXIT, errorsOf } from "@trafmon/runtime";

/** Everything that can stop the generators, and what the operator can do about it. */
export const trafgenErrors = {
  TRAFGEN_SCENARIO_UNREADABLE: {
    hint: "Check the path and that the program's user may read the file; -c names another.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  TRAFGEN_SCENARIO_INVALID: {
    hint: "Correct every line named; docs/scenarios.md and trafgen.dtd say what each attribute allows, --check tries the file.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  TRAFGEN_TARGET_MISSING: {
    hint: "Say where to with -w FILE, -i INTERFACE or -s, or with a `target` in the scenario; --dry-run sends nothing.",
    exitCode: EXIT.BAD_OPTION,
  },
  TRAFGEN_DESTINATION_REFUSED: {
    hint: "Correct from and to, or say --allow-broadcast if that is what you want; capture files may have any address.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  TRAFGEN_DESTINATION_MAC_MISSING: {
    hint: "Give --destination-mac, or destinationMac in the scenario's target: of the receiver, or of the router to it (ip neigh).",
    exitCode: EXIT.BAD_OPTION,
  },
  TRAFGEN_SOCKETS_UNFIT: {
    hint: "Take these out of the scenario, or send it as crafted frames with -i; from may be 0.0.0.0 or :: for the system to choose.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  TRAFGEN_RATE_REFUSED: {
    hint: "Lower the rates of the scenario, or allow more with --max-packet-rate and --max-bit-rate.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
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
  TRAFGEN_HISTORY_EXISTS: {
    hint: "Name another folder with -o, or remove that one: two histories in one folder would be a mixture of both.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  TRAFGEN_HISTORY_UNWRITABLE: {
    hint: "Name a folder with -o that the user may write to, on a disk with room.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
} as const satisfies Record<string, ErrorEntry>;

export const trafgenError = errorsOf(trafgenErrors);
export type TrafgenErrorCode = keyof typeof trafgenErrors;
export { playErrors } from "./play/play-errors.ts";
export { sendErrors } from "./send/send-errors.ts";
