import { type ErrorEntry, EXIT, errorsOf } from "@trafmon/runtime";

/** What can be wrong with the files in etc/. */
export const settingsErrors = {
  SETTINGS_UNREADABLE: {
    hint: "Check the path and that the program's user may read the file.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  SETTINGS_INVALID: {
    hint: "Correct every line named; docs/configuration.md and tmon.dtd say what each attribute allows, --check tries the file.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  SETTINGS_NAME_UNKNOWN: {
    hint: "Give a name that the configuration file declares, or declare it there.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  SETTINGS_KEY_UNREADABLE: {
    hint: "Make the key with `openssl rand -hex 32`, mode 0600, owned by the user that runs the program; probe and collectors need the same one.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  SETTINGS_SERVICES_INVALID: {
    hint: "Each line of services.tsv is protocol, port, service and precedence, separated by tabs.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  SETTINGS_DIAG_INVALID: {
    hint: "Each line of a .diag file is a part's name, or `all`, and one of trace, debug, info, warn, error.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
} as const satisfies Record<string, ErrorEntry>;

export const settingsError = errorsOf(settingsErrors);
