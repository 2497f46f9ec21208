#!/bin/sh
# booted.sh: what scripts/package/systemd-proof.sh has run by systemd at every boot of a Debian of its own: the guide
# "one machine" as it stands, every job, and what befalls daemons. Writes what it found to /proof/found.
set -u

folder=/proof
boot=$(($(cat "$folder/boots" 2>/dev/null || echo 0) + 1))
echo "$boot" >"$folder/boots"

say() { printf '%s\n' "$*" >>"$folder/found"; }
ok() { say "ok    $*"; }
fail() {
  say "FAIL  $*"
  journalctl --no-pager -n 15 -o cat >>"$folder/found"
  systemctl poweroff
  exit 1
}
equal() { # what, wanted, found
  [ "$2" = "$3" ] || fail "$1: wanted '$2', found '$3'"
  ok "$1: $3"
}
until_true() { # what, seconds, command
  what=$1 tries=$(($2 * 5))
  shift 2
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "$what: not in time"
    sleep 0.2
  done
}
collector=tmon_collector@TMonServer
probe=tmon_probe@probe1
shows() { systemctl show --property="$2" --value "$1"; }
status_of() { sed -n "s/^$2:\t//p" "/proc/$(shows "$1" MainPID)/status"; }
both_active() { systemctl is-active --quiet "$collector" && systemctl is-active --quiet "$probe"; }

PINGS=40
ping_some() { ping -q -i 0.02 -c "$PINGS" 127.0.0.1 >/dev/null; }
packets() { mariadb -N -e 'SELECT COALESCE(SUM(fwd_packets + rev_packets), 0) FROM trafMon.ipcttable'; }
has_packets() { [ "$(packets)" = "$1" ]; }
load() {
  systemctl kill --signal=SIGUSR1 "$collector" || fail "the collector does not close its files"
  sleep 1
  systemctl start trafMon_loader || fail "trafMon_loader: $(systemctl status trafMon_loader | tail -3)"
}
# Request and reply of each ping; the shipped configuration has one class. What the probe still counts comes later.
loaded() { # how many runs of ping
  tries=0
  load
  until has_packets "$(($1 * 2 * PINGS))"; do
    tries=$((tries + 1))
    [ "$tries" -lt 30 ] || fail "packets in the database after $1 runs of ping: $(packets)"
    sleep 5
    load
  done
  load
  equal "packets in the database after $1 runs of ping" "$(($1 * 2 * PINGS))" "$(packets)"
}

first_boot() {
  say "--- under systemd $(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p'): the guide"
  export DEBIAN_FRONTEND=noninteractive
  dpkg -i "$folder/trafmon.deb" >"$folder/dpkg.log" 2>&1 || fail "dpkg -i: $(tail -3 "$folder/dpkg.log")"
  equal "units that run after the installation" "" "$(systemctl list-units --plain --no-legend 'tmon_*' 'trafMon_*')"
  until_true "mariadb" 60 mariadb -e 'SELECT 1'
  trafMon_setupDatabase >"$folder/setup.log" 2>&1 || fail "trafMon_setupDatabase: $(tail -2 "$folder/setup.log")"
  # Requests and replies only: while no collector listens, the kernel answers the probe with ICMP too.
  sed -i 's/<interface name="any"/<interface name="lo" filter="icmp[0] = 8 or icmp[0] = 0"/; s/interval="60s"/interval="10s"/' /etc/trafMon/xml/tmon.xml
  tmon_probe --check probe1 >"$folder/check.log" 2>&1 || fail "tmon_probe --check: $(tail -3 "$folder/check.log")"
  systemctl enable --now "$collector" "$probe" 2>>"$folder/enable.log" || fail "$(systemctl status "$collector" "$probe" | tail -12)"
  systemctl enable --now trafMon_loader.timer trafMon_aggregate.timer trafMon_logrotate.timer 2>>"$folder/enable.log" || fail "timers do not start"
  both_active || fail "the daemons do not run once systemd says that they started"
  ok "daemons tell systemd when they are ready"
  equal "the probe's user" "trafmon" "$(ps -o user= -p "$(shows "$probe" MainPID)" | tr -d ' ')"
  equal "the probe's capabilities, effective and at most" "0000000000002000 0000000000002000" "$(status_of "$probe" CapEff) $(status_of "$probe" CapBnd)"
  equal "the collector's capabilities, effective and at most" "0000000000000000 0000000000000000" "$(status_of "$collector" CapEff) $(status_of "$collector" CapBnd)"
  ping_some
  loaded 1
  until_true "what follows the loader" 60 systemctl show --property=Result --value trafMon_updateIpInfo.service

  echo 127.0.0.1 >>/etc/trafMon/report/example-hosts
  for job in trafMon_updateIpInfo trafMon_updateIpInfoAll trafMon_aggregate trafMon_aggregateNetFlow trafMon_dropWorkingTables \
    trafMon_dropPartitions trafMon_volumeReport trafMon_detailReport trafMon_logrotate; do
    systemctl start "$job" || fail "$job: $(systemctl status "$job" | tail -5)"
    equal "$job, as hardened" "success" "$(shows "$job" Result)"
  done
  trafMon_callProcedure aggregate_stale_days - 1 >/dev/null || fail "the guide's trafMon_callProcedure"
  runuser -u trafmon -- trafMon_volumeReportGen --cred /etc/trafMon/cred/report.cred -s "$(date -u +%F)" -e "$(date -u +%F)" -T 0 >"$folder/report.log" 2>&1 || fail "the guide's report: $(tail -2 "$folder/report.log")"
  ok "the guide's first report"

  pid=$(shows "$probe" MainPID)
  systemctl reload "$probe" "$collector" || fail "reload: $(systemctl status "$probe" "$collector" | tail -12)"
  both_active || fail "a reload ends a daemon"
  equal "the probe's process after a reload" "$pid" "$(shows "$probe" MainPID)"

  say "--- what befalls daemons"
  ping_some
  # It stops saying that it lives: systemd's watchdog kills it and starts another.
  mkdir -p "/run/systemd/system/$collector.service.d"
  printf '[Service]\nWatchdogSec=4s\nTimeoutAbortSec=2s\n' >"/run/systemd/system/$collector.service.d/short.conf"
  systemctl daemon-reload
  systemctl restart "$collector" || fail "the collector does not start again"
  restarts=$(shows "$collector" NRestarts)
  kill -STOP "$(shows "$collector" MainPID)"
  started_again() { [ "$(shows "$1" NRestarts)" -gt "$2" ] && systemctl is-active --quiet "$1"; }
  until_true "a collector that hangs is started again" 60 started_again "$collector" "$restarts"
  ok "a collector that hangs is killed and started again by the watchdog"
  # A killed probe loses what it has counted since its last records, so there is nothing of that now.
  loaded 2
  systemctl kill --signal=SIGKILL "$probe"
  until_true "a killed probe is started again" 60 started_again "$probe" 0
  ok "a killed probe is started again"
  ping_some
  # A restart of the machine with what the probe has not sent and the collector not closed.
  systemctl reboot
}

second_boot() {
  say "--- after a restart of the machine"
  until_true "daemons after the restart" 90 both_active
  ok "the daemons run again by themselves"
  ping_some
  until_true "mariadb" 60 mariadb -e 'SELECT 1'
  loaded 4
  equal "timers that wait" "3" "$(systemctl list-timers --no-legend 'trafMon*' | wc -l)"
  equal "units that failed" "" "$(systemctl --failed --plain --no-legend)"
  found=$(trafMon_doctor | grep '^fault' | grep -v '^fault    clock' || true)
  equal "the doctor's faults, but the clock's" "" "$found"

  say "--- purge, while all runs"
  dpkg --purge trafmon >"$folder/purge.log" 2>&1 || fail "dpkg --purge: $(tail -3 "$folder/purge.log")"
  equal "units that are left" "" "$(systemctl list-units --all --plain --no-legend 'tmon_*' 'trafMon_*'; systemctl list-unit-files --no-legend 'tmon_*' 'trafMon_*')"
  equal "files that are left" "" "$(find /etc /var/lib /usr /opt /run/systemd/system -xdev \( -iname '*trafmon*' -o -name 'tmon_*' \) ! -path '/var/lib/mysql/*' ! -path '/var/lib/systemd/coredump/*' ! -path '/run/systemd/system/*' 2>/dev/null)"
  say "done"
  systemctl poweroff
}

case $boot in
  1) first_boot ;;
  2) second_boot ;;
  *) fail "the machine started $boot times" ;;
esac
