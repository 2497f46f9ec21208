import { type ErrorEntry, EXIT, errorsOf } from "@trafmon/runtime";

/** Everything that can stop the collector, and what the operator can do about it. */
export const collectorErrors = {
  COLLECTOR_ADDRESS_IN_USE: {
    hint: "Another process listens there: stop it, or change `listen`.",
    exitCode: EXIT.TRY_AGAIN,
  },
  COLLECTOR_ADDRESS_UNUSABLE: {
    hint: "Name an address of this machine and a port the collector's user may listen on.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  COLLECTOR_LOG_DIRECTORY_UNWRITABLE: {
    hint: "Give the collector's user write access to `logDir` and `stateDir`, on a file system with room.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  COLLECTOR_ALREADY_RUNS: {
    hint: "Stop the other collector first: two of one name would write the same records twice.",
    exitCode: EXIT.TRY_AGAIN,
  },
  COLLECTOR_JOURNAL_DAMAGED: {
    hint: "Keep the journal for a look and move it away: whole lines of the unfinished files then stay, and the last few come twice.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  COLLECTOR_PENDING_DAMAGED: {
    hint: "Keep the file for a look and move it away: what waits in it is then lost, and packets that were under way count as unknown.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  COLLECTOR_ALERT_USER_UNKNOWN: {
    hint: "Make the user, or name another one in the attribute `user` of onAlert.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  COLLECTOR_SNMP_CREDENTIALS_UNUSABLE: {
    hint: "Write it as docs/alerts.md says, with mode 0600, owned by the collector's user.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
} as const satisfies Record<string, ErrorEntry>;

export const collectorError = errorsOf(collectorErrors);
