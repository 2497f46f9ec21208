import { type Command, defineProgram, ETC_DIRECTORY } from "@trafmon/runtime";
import { PROCEDURE_NAMES } from "./calls.ts";

export interface CallOptions {
  readonly from?: string;
  readonly localConfig: boolean;
  readonly cred?: string;
  readonly db?: string;
  readonly logFileDirectory: string;
}

export function callProcedureProgram(): Command {
  return defineProgram({
    name: "trafMon_callProcedure",
    summary: "Calls a stored procedure of trafMon, with user and password from db.cred, as cron and timers need it.",
    examples: [
      {
        command: "trafMon_callProcedure Aggr_activityvolumetable_first_level - NULL NULL",
        meaning: "Prepare what reports read of yesterday:",
      },
      { command: "trafMon_callProcedure Partition_drop - ipcttable 30", meaning: "Keep 30 days of a table:" },
      {
        command: "trafMon_callProcedure --from /etc/trafMon/retention.calls",
        meaning: "Make all the calls of a file:",
      },
    ],
    notes:
      `Procedures: ${PROCEDURE_NAMES.join(", ")}.\n` +
      "- stands for the database, NULL for SQL's NULL. docs/database.md describes each.\n" +
      "Exit codes: 0 done; 69 server unavailable; 75 busy; 77 no permission; 78 bad configuration.",
  })
    .argument("[procedure]", "name of the procedure")
    .argument("[values...]", "its arguments")
    .option("--from <FILE>", "make the calls of this file, one a line")
    .option("-l, --localConfig", "read db.cred in the current directory", false)
    .option("--cred <FILE>", `database credentials (default: "${ETC_DIRECTORY}/cred/db.cred")`)
    .option("-d, --db <NAME>", "database that - stands for (default: the one in db.cred)")
    .option("-L, --logFileDirectory <DIR>", "folder of the log", "/var/log/trafMon/");
}
