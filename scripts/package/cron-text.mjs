// The text of the two cron tables, for machines without systemd.
import { jobs } from "./jobs.mjs";

/** The first words of every line: where systemd runs, its timers do this work. */
const UNLESS_SYSTEMD = "[ -d /run/systemd/system ] ||";

const HEADINGS = {
  trafmon: `# The jobs of the unprivileged account trafmon. Written by npm run golden from scripts/package/jobs.mjs; yours to change.
#
# Where systemd runs, its timers do this work and these lines do nothing. trafMon_scheduler reads this file too, for
# machines with neither. \`flock -n\` lets a run that would overlap its predecessor go: the next one does the work.
#
# The probe needs a right of trafmon's own to capture, which libexec/tmon_capture gives it; its line and the collector's
# start what is not running every minute, once the two samples in /opt/trafMon/bin are copied to their names without
# .sample and the lines' # is taken away.`,
  root: `# The jobs of the account root. Written by npm run golden from scripts/package/jobs.mjs; yours to change.
# Where systemd runs, its timers do this work and these lines do nothing.`,
};

const DAEMON_LINES = {
  trafmon: `# * * * * * trafmon ${UNLESS_SYSTEMD} /opt/trafMon/bin/trafMon_serverResurrect.sh /var/log/trafMon/resurrect.log "/opt/trafMon/bin/tmon_collector TMonServer"
# * * * * * trafmon ${UNLESS_SYSTEMD} /opt/trafMon/bin/trafMon_probeResurrect.sh "/opt/trafMon/libexec/tmon_capture probe1" /var/log/trafMon/resurrect.log
`,
  root: `# * * * * * root ${UNLESS_SYSTEMD} /opt/trafMon/bin/trafMon_serverResurrect.sh /var/log/trafMon/resurrect-root.log "" "/usr/bin/mariadbd-safe"
`,
};

/** Text by file name. */
export function cronFiles() {
  return { trafmon: tableText("trafmon"), "trafmon-root": tableText("root") };
}

function tableText(user) {
  const lines = jobs
    .filter((job) => job.cron && (job.cronUser ?? "trafmon") === user)
    .map((job) => `# ${job.title}\n${job.isOn ? "" : "# "}${lineText(job, user)}\n`);
  return `${HEADINGS[user]}

SHELL=/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
MAILTO=root

# Start what should run and does not.
${DAEMON_LINES[user]}
${lines.join("\n")}`;
}

function lineText({ name, commands, cron, next }, user) {
  const follower = jobs.find((job) => job.name === next);
  const words = (of) => of.map((command) => command.replace(" DATABASE", " -")).join(" && ");
  // What follows does so even when some data was refused, for which the exit code is 65.
  const all = [words(commands), ...(follower ? [words(follower.commands)] : [])].join("; ");
  // After the package's removal the table is still there.
  const program = commands[0].split(" ")[0];
  const folder = user === "root" ? "/run" : "/var/trafMon/state";
  const work = /[;&]/.test(all) ? `sh -c '${all}'` : all;
  // Cron mails what is printed: errors only.
  // A machine with a probe only has no database to work with.
  const needsDatabase = user === "root" ? "" : "[ ! -e /etc/trafMon/cred/db.cred ] || ";
  return `${cron} ${user} ${UNLESS_SYSTEMD} ${needsDatabase}[ ! -x ${program} ] || flock -n ${folder}/${name}.lock ${work} >/dev/null`;
}
