import type { ProgramDescription } from "../../packages/runtime/src/describe-program.ts";

const HELP = {
  flags: "-h, --help",
  short: "-h",
  long: "--help",
  takesValue: false,
  meaning: "print this help and stop",
  default: null,
  choices: [],
};

const withValue = (long: string, value: string, meaning: string, byDefault: string) => ({
  flags: `${long} ${value}`,
  short: null,
  long,
  takesValue: true,
  meaning,
  default: byDefault,
  choices: [],
});

/** The programs that are not written in TypeScript; a test holds them to their own usage texts. */
export const shellPrograms: readonly ProgramDescription[] = [
  {
    name: "tmon_capture",
    summary: "Starts a probe with the right to capture, for cron; systemd gives that right by itself.",
    examples: [{ command: "/opt/trafMon/libexec/tmon_capture probe1", meaning: "As the user trafmon, start probe1:" }],
    notes:
      "It lies in /opt/trafMon/libexec, runs for the user trafmon only, takes nothing but a name, and starts\n" +
      "/opt/trafMon/bin/tmon_probe with the installed configuration, its log in /var/log/trafMon, an empty environment,\n" +
      "and CAP_NET_RAW as its one capability.\n" +
      "Exit codes: the probe's; 64 bad option; 77 another user, or no capability; 78 no user trafmon.",
    operands: [
      {
        name: "probeName",
        isRequired: true,
        isVariadic: false,
        meaning: "name of a <probe> in /etc/trafMon/xml/tmon.xml",
      },
    ],
    options: [],
  },
  {
    name: "trafMon_makeKey",
    summary: "Makes the key that a probe shares with its collectors, readable by the user trafmon alone.",
    examples: [{ command: "trafMon_makeKey probe2", meaning: "Make /etc/trafMon/cred/probe2.key:" }],
    notes:
      "The key is never shown; one that exists is left alone. The same file belongs on the probe's machine and on those of\n" +
      "its collectors.\nExit codes: 0 done; 64 bad option; 74 cannot write; 77 no permission.",
    operands: [{ name: "NAME", isRequired: true, isVariadic: true, meaning: "names of probes" }],
    options: [HELP],
  },
  {
    name: "trafMon_setupDatabase",
    summary: "Makes template database, users and passwords on this machine's database server.",
    examples: [{ command: "trafMon_setupDatabase", meaning: "Set up the server of this machine, as root:" }],
    notes:
      "The passwords are of chance and shown nowhere: they are in /etc/trafMon/cred/db.cred and report.cred, mode 0600.\n" +
      "Run again it renews views and routines, and leaves users and files alone.\n" +
      "Exit codes: 0 done; 64 bad option; 69 no server; 77 no permission.",
    operands: [],
    options: [
      withValue("--socket", "PATH", "socket of the server", "the client's own"),
      withValue("--database", "NAME", "runtime database", "trafMon"),
      HELP,
    ],
  },
];
