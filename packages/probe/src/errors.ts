import { type ErrorEntry, EXIT, errorsOf } from "@trafmon/runtime";

/** Everything that can stop the probe, and what the operator can do about it. */
export const probeErrors = {
  PROBE_EVENT_USER_UNKNOWN: {
    hint: "Make the user, or name another one in the attribute `user` of the eventSource.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  PROBE_CAPTURE_FILE_UNREADABLE: {
    hint: "Check the path given to -r and that the probe's user may read the file.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  PROBE_CAPTURE_FORBIDDEN: {
    hint: "Run as root, or start it with the ambient capability CAP_NET_RAW (systemd: AmbientCapabilities=CAP_NET_RAW).",
    exitCode: EXIT.NO_PERMISSION,
  },
  PROBE_FLOW_UNSEEN: {
    hint: "Check addresses and ports; `tshark -r FILE -q -z conv,tcp` lists the connections of a file.",
    exitCode: EXIT.DATA_REJECTED,
  },
  PROBE_INTERFACE_MISSING: {
    hint: "Add an `interface` to the probe, or give capture files with -r.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  PROBE_INTERFACE_UNKNOWN: {
    hint: "Give the name of an interface this machine has (ip link lists them), or `any`.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  PROBE_INTERFACE_DOWN: {
    hint: "Bring the interface up: ip link set NAME up.",
    exitCode: EXIT.TRY_AGAIN,
  },
  PROBE_FILTER_INVALID: {
    hint: "Correct the filter attribute of the interface; pcap-filter(7) describes the language.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  PROBE_CAPTURE_FAILED: {
    hint: "The message is libpcap's; dmesg may say more.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  PROBE_CAPTURE_UNAVAILABLE: {
    hint: "Install a C compiler and libpcap-dev, then run: node packages/probe/native/build.mjs",
    exitCode: EXIT.SERVER_UNAVAILABLE,
  },
  PROBE_SPOOL_UNWRITABLE: {
    hint: "Give the probe's user write access to `spoolDir`, or name another folder there.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  PROBE_TABLE_TOO_LARGE: {
    hint: "Lower maxFlows, maxConnections or maxFragments, or raise the limit (ulimit -v, vm.overcommit_memory).",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  PROBE_NOT_ACKNOWLEDGED: {
    hint: "Start the collector or check the way to it; the next start of this probe sends what is in the spool.",
    exitCode: EXIT.TRY_AGAIN,
  },
} as const satisfies Record<string, ErrorEntry>;

export const probeError = errorsOf(probeErrors);
export type ProbeErrorCode = keyof typeof probeErrors;
