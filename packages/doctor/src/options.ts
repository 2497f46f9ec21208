import { type Command, defineProgram, ETC_DIRECTORY, wholeNumber } from "@trafmon/runtime";

export interface DoctorOptions {
  readonly config?: string;
  readonly probe?: readonly string[];
  readonly collector?: readonly string[];
  readonly cred?: string;
  readonly db?: string;
  readonly template: string;
  readonly silentMinutes: number;
  readonly verbose: boolean;
}

export function doctorProgram(): Command {
  return defineProgram({
    name: "trafMon_doctor",
    summary: "Looks this machine over from top to bottom, and says of each fault in one line how to mend it.",
    examples: [
      { command: "trafMon_doctor", meaning: "What is wrong here:" },
      { command: "trafMon_doctor --json", meaning: "The same for a monitoring system:" },
      {
        command: "runuser -u trafmon -- trafMon_doctor --verbose",
        meaning: "All that was looked at, with the rights the programs have:",
      },
    ],
    notes:
      "It looks at libpcap, capabilities, interfaces, offloads, clock, disks, folders, keys, ports, database, rights,\n" +
      "local_infile, schema version, lag and silent probes. It changes nothing. Without -P it looks at the probes whose keys\n" +
      "are here and that do not only send from elsewhere; at the database where there is a db.cred.\n" +
      "Exit codes: 0 no fault (there may be warnings); else that of the first fault: 69 a server or library is missing,\n" +
      "74 disk, 75 try again, 77 no permission, 78 configuration.",
  })
    .option("-c, --config <XML>", `configuration (default: "${ETC_DIRECTORY}/xml/tmon.xml")`)
    .option("-P, --probe <NAME...>", "probes of this machine (default: those whose key is here)")
    .option("-C, --collector <NAME...>", "collectors of this machine (default: those that listen on an address of it)")
    .option("--cred <FILE>", `database credentials (default: "${ETC_DIRECTORY}/cred/db.cred", if it is there)`)
    .option("-d, --db <NAME>", "database (default: the one in db.cred)")
    .option("--template <NAME>", "template database", "trafMon_template")
    .option("--silent-minutes <MINUTES>", "after how long without a sign a probe is silent", wholeNumber(1, 10_000), 30)
    .option("--verbose", "say also what is well", false);
}
