import { type ErrorEntry, EXIT, errorsOf } from "@trafmon/runtime";

/** Everything that can stop the formatting of NetFlow, and what the operator can do about it. */
export const netflowErrors = {
  NETFLOW_BUSY: {
    hint: "Another trafMon_FormatNetFlow of this --name works there: try again later.",
    exitCode: EXIT.TRY_AGAIN,
  },
  NETFLOW_SOURCE_UNREADABLE: {
    hint: "Name the root of the flow data with -N, and let this user read there.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  NETFLOW_TARGET_UNUSABLE: {
    hint: "Name the collector's log directory with -D, let this user write there, and look for room on the disk.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  NETFLOW_TOOL_MISSING: {
    hint: "Install nfdump (apt-get install nfdump) or SiLK, or name the folder of the programs with -s; --source says which is used.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  NETFLOW_TOOL_FAILED: {
    hint: "Its own message is above or in the log; nothing was written for these hours.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  NETFLOW_TOOL_DIFFERS: {
    hint: "The program prints other columns than its documentation says; please report its version.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  NETFLOW_SITE_CONFIG_UNREADABLE: {
    hint: "Name SiLK's site configuration (silk.conf, twoway-silk.conf) with -C.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  NETFLOW_STATE_UNREADABLE: {
    hint: "Move the file away: hours that it told of are then written again, which the loader bears.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
} as const satisfies Record<string, ErrorEntry>;

export const netflowError = errorsOf(netflowErrors);
