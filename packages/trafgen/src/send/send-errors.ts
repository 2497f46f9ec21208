import { type ErrorEntry, EXIT, errorsOf } from "@trafmon/runtime";

/** What can stand in the way of sending, and what the operator can do about it. */
export const sendErrors = {
  TRAFGEN_ADDON_UNAVAILABLE: {
    hint: "Install a C compiler, then run: node packages/trafgen/native/build.mjs",
    exitCode: EXIT.SERVER_UNAVAILABLE,
  },
  TRAFGEN_INTERFACE_UNKNOWN: {
    hint: "List the interfaces with: ip link. The name must be exactly one of them.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  TRAFGEN_INTERFACE_DOWN: {
    hint: "Bring the interface up: ip link set NAME up",
    exitCode: EXIT.SERVER_UNAVAILABLE,
  },
  TRAFGEN_INTERFACE_GONE: {
    hint: "The interface was removed while frames were sent; the ledger says which went. Start again when it is back.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  TRAFGEN_INJECTION_FORBIDDEN: {
    hint: "Run as root, or let root start it with this right only: setpriv --reuid USER --init-groups --inh-caps +net_raw --ambient-caps +net_raw trafgen ...",
    exitCode: EXIT.NO_PERMISSION,
  },
  TRAFGEN_INJECTION_FAILED: {
    hint: "The system's own words are in the message; the interface must be one that carries Ethernet or IP.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  TRAFGEN_SOCKET_FAILED: {
    hint: "Check the local address and port, the destination, and that no other program holds the port.",
    exitCode: EXIT.SERVER_UNAVAILABLE,
  },
  TRAFGEN_TOS_UNSETTABLE: {
    hint: "Node cannot set the ToS of a socket by itself: build the addon (node packages/trafgen/native/build.mjs), or leave the ToS out.",
    exitCode: EXIT.SERVER_UNAVAILABLE,
  },
} as const satisfies Record<string, ErrorEntry>;

export const sendError = errorsOf(sendErrors);
