import { type ErrorEntry, EXIT, errorsOf } from "@trafmon/runtime";

/** Everything that can stop the description of addresses, and what the operator can do about it. */
export const ipinfoErrors = {
  IPINFO_RANGES_UNREADABLE: {
    hint: "Copy etc/ipInfo.ini there and describe your networks in it, or name another file with -p.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  IPINFO_RANGES_INVALID: {
    hint: "Correct these lines; nothing was changed in the database. The head of the shipped ipInfo.ini says what may stand in it.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  IPINFO_GEOIP_UNREADABLE: {
    hint: "Download the file again, or move it out of the folder to do without it.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  IPINFO_NO_TABLE: {
    hint: "Load data with trafMon_loader first, or name the right database with -d.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  IPINFO_BUSY: {
    hint: "Another trafMon_updateIpInfo works on this database: try again later.",
    exitCode: EXIT.TRY_AGAIN,
  },
} as const satisfies Record<string, ErrorEntry>;

export const ipinfoError = errorsOf(ipinfoErrors);
