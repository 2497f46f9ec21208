// The text of systemd units: see systemd.exec(5) for every line of the hardening.
import { daemons, jobs } from "./jobs.mjs";

const HEADING = "# Written by npm run golden from scripts/package/jobs.mjs. Change it with: systemctl edit";

/**
 * What no program of ours needs. Left out on purpose: MemoryDenyWriteExecute, with which V8 cannot live; ProtectProc
 * and ProcSubset, because a lock names its holder by process, whoever's it is, and by the boot's id.
 */
const HARDENING = `NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
PrivateIPC=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
KeyringMode=private
LockPersonality=yes
RemoveIPC=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
UMask=0027`;

/** Text by file name. */
export function unitFiles() {
  const files = {};
  for (const daemon of daemons) files[`${daemon.name}.service`] = daemonText(daemon);
  for (const job of jobs) {
    files[`${job.name}.service`] = jobText(job);
    if (job.onCalendar) files[`${job.name}.timer`] = timerText(job);
  }
  return files;
}

function daemonText({ description, command, after, mayCapture, writes }) {
  const capabilities = mayCapture
    ? `# The one right it has: to capture. It is the process's own; the node interpreter has none.
AmbientCapabilities=CAP_NET_RAW
CapabilityBoundingSet=CAP_NET_RAW
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET`
    : `CapabilityBoundingSet=
AmbientCapabilities=
PrivateUsers=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6`;
  return `${HEADING}

[Unit]
Description=${description}
Documentation=man:${command.split(" ")[0].split("/").pop()}(1)
After=${after}
# An interface or a name that is missing at the start of the machine may come later: never give up.
StartLimitIntervalSec=0

[Service]
# Started when it says that it works; killed and started again when it stops saying that it does.
Type=notify
NotifyAccess=main
WatchdogSec=60s
User=trafmon
Group=trafmon
ExecStart=${command}
Restart=on-failure
RestartSec=5s
# 64 and 78: what the operator wrote is wrong, and stays wrong.
RestartPreventExitStatus=64 78
ExecReload=/bin/kill -HUP $MAINPID
TimeoutStopSec=60s
KillMode=mixed
ReadWritePaths=${writes}
${capabilities}
${HARDENING}

[Install]
WantedBy=multi-user.target
`;
}

function jobText({ name, short, commands, next }) {
  return `${HEADING} ${name}.service

[Unit]
Description=trafMon: ${short}
After=network.target mariadb.service mysql.service
${next ? `OnSuccess=${next}.service\n` : ""}
[Service]
# A unit that runs is not started a second time: runs never overlap.
Type=oneshot
User=trafmon
Group=trafmon
${commands.map((command) => `ExecStart=${command.replace(" DATABASE", " -")}`).join("\n")}
# 65: some data was refused, which the log says; 75: another run was at work, the next one will do it.
SuccessExitStatus=65 75
TimeoutStartSec=infinity
Nice=5
IOSchedulingClass=idle
ReadWritePaths=/var/trafMon /var/log/trafMon
CapabilityBoundingSet=
AmbientCapabilities=
PrivateUsers=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
${HARDENING}
`;
}

function timerText({ name, short, onCalendar }) {
  return `${HEADING} ${name}.timer

[Unit]
Description=trafMon, by the clock: ${short}

[Timer]
OnCalendar=${onCalendar}
# What was missed while the machine was off is done once at its start.
Persistent=yes
AccuracySec=10s

[Install]
WantedBy=timers.target
`;
}
