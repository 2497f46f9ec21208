import { type Command, defineProgram, wholeNumber } from "@trafmon/runtime";

export interface SchedulerOptions {
  readonly file: string;
  readonly user?: string;
  readonly state: string;
  readonly list: boolean;
  readonly runs: number;
  readonly logFileDirectory?: string;
}

export function schedulerProgram(): Command {
  return defineProgram({
    name: "trafMon_scheduler",
    summary: "Runs the jobs of the cron table where there is neither cron nor systemd, as in a container.",
    examples: [
      {
        command: "trafMon_scheduler",
        meaning: "Run the jobs of /etc/cron.d/trafmon that are for the user it runs as:",
      },
      { command: "trafMon_scheduler --list --runs 3", meaning: "Show the jobs and their next three runs:" },
    ],
    notes:
      "One run of a job at a time: a run that is due while the one before lasts is left out, and said so in the log, as are\n" +
      "runs missed while the scheduler or the machine was not running. Times are the machine's local time.\n" +
      "Exit codes: 0 done; 74 cannot write; 75 another scheduler runs; 78 the table cannot be used.",
  })
    .option("-f, --file <TABLE>", "cron table, in the form of /etc/cron.d", "/etc/cron.d/trafmon")
    .option("-u, --user <NAME>", "run the lines for this user (default: the one it runs as)")
    .option("--state <DIR>", "folder for the note until when it ran", "/var/trafMon/state/")
    .option("--list", "print the jobs and their next runs, and stop", false)
    .option("--runs <COUNT>", "how many next runs --list prints", wholeNumber(1, 100), 1)
    .option("-L, --logFileDirectory <DIR>", "write the log into this folder instead of to stderr");
}
