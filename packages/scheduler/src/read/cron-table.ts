import cron from "node-cron";

/** A line of a cron table. */
export interface CronJob {
  /** Where it stands, counted from 1. */
  readonly line: number;
  /** Minute, hour, day of month, month, day of week. */
  readonly schedule: string;
  /** The account it is for. */
  readonly user: string;
  /** Given to sh as it is. */
  readonly command: string;
  /** The comment right above it, or its command: what people know it by. */
  readonly title: string;
}

export interface CronTable {
  readonly jobs: readonly CronJob[];
  /** NAME=value lines, for all jobs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Lines that cannot be used, each named. */
  readonly faults: readonly string[];
}

/** crontab(5)'s short words. @reboot is not among them: it names no instant. */
const NICKNAMES: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/** Reads a table in the form of /etc/cron.d: as crontab(5), with the user's name before the command. */
export function readCronTable(text: string): CronTable {
  const jobs: CronJob[] = [];
  const environment: Record<string, string> = {};
  const faults: string[] = [];
  let comment = "";
  for (const [index, raw] of text.split("\n").entries()) {
    const [line, number] = [raw.trim(), index + 1];
    const above = comment;
    comment = "";
    if (line.startsWith("#")) {
      comment = line.slice(1).trim();
      continue;
    }
    if (line === "") continue;
    const setting = /^([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/.exec(line);
    if (setting !== null) {
      environment[setting[1]!] = setting[2]!.replace(/^(["'])(.*)\1$/, "$2");
      continue;
    }
    const words = /^(@\w+|\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(\S+)\s+(.+)$/.exec(line);
    if (words === null) {
      faults.push(`line ${number} is not "minute hour day month weekday user command"`);
      continue;
    }
    const schedule = NICKNAMES[words[1]!] ?? words[1]!.replace(/\s+/g, " ");
    const fault = faultOf(schedule, words[3]!);
    if (fault !== null) faults.push(`line ${number}: ${fault}`);
    else jobs.push({ line: number, schedule, user: words[2]!, command: words[3]!, title: above || words[3]! });
  }
  return { jobs, environment, faults };
}

function faultOf(schedule: string, command: string): string | null {
  if (schedule.startsWith("@") || !cron.validate(schedule)) return `"${schedule}" is no schedule`;
  const [, , day, , weekday] = schedule.split(" ");
  // cron runs a job on either of the two, node-cron on days that are both: better told than done differently.
  if (!day!.startsWith("*") && !weekday!.startsWith("*"))
    return "a day of the month together with a day of the week means different days to different crons";
  // To cron a bare % ends the command and begins its standard input.
  if (/(^|[^\\])%/.test(command)) return "a command with % is not understood here; put it into a script";
  return null;
}
