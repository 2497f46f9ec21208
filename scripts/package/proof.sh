#!/bin/sh
# proof.sh BASE DEB: the proof of scripts/test-package.mjs, in mounts and processes of its own.
set -eu

base=$1
deb=$2
work=$(dirname "$base")/proof
passed=0

say() { printf '%s\n' "$*"; }
ok() {
  passed=$((passed + 1))
  say "ok    $*"
}
fail() {
  say "FAIL  $*"
  exit 1
}
equal() { # what, wanted, found
  [ "$2" = "$3" ] || fail "$1: wanted '$2', found '$3'"
  ok "$1: $3"
}
same() { # what, wanted, found: for what is long, or secret
  [ "$2" = "$3" ] || fail "$1: not what it was"
  ok "$1: as it was"
}
inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$work" "$@"; }
as_trafmon() { inside setpriv --reuid trafmon --regid trafmon --init-groups "$@"; }

rm -rf --one-file-system "$work"
cp -a "$base" "$work"
mount -t proc proc "$work/proc"
mount -t sysfs sysfs "$work/sys"
mount -t tmpfs -o mode=755 tmpfs "$work/dev"
for node in null zero full random urandom; do
  touch "$work/dev/$node"
  mount --bind "/dev/$node" "$work/dev/$node"
done
mkdir "$work/dev/pts" "$work/dev/shm"
cp /etc/resolv.conf "$work/etc/resolv.conf"
# Services must not start by themselves: there is no systemd here.
printf '#!/bin/sh\nexit 101\n' >"$work/usr/sbin/policy-rc.d"
chmod +x "$work/usr/sbin/policy-rc.d"
apt() { inside apt-get -qq -y -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold "$@" >"$work/tmp/apt.log" 2>&1 || { tail -20 "$work/tmp/apt.log"; fail "apt-get $*"; }; }
apt update
apt install --no-install-recommends mariadb-server iputils-ping iproute2 libcap2-bin

say "--- installing"
listing() { inside find / -xdev \( -path /proc -o -path /dev -o -path /tmp -o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/cache -o -path /var/log/apt -o -path /var/lib/mysql -o -path /run -o -path /root -o -path /src \) -prune -o -print | sort; }
# What the package depends on stays when it goes, so it is there before the first look.
cp "$deb" "$work/root/trafmon.deb"
apt install --no-install-recommends nodejs libpcap0.8t64 procps
listing >"$work/tmp/before"
accounts=$(inside cat /etc/passwd /etc/group | sort)
apt install --no-install-recommends /root/trafmon.deb
ok "the package installs with apt, on node $(inside node --version)"
equal "what dpkg says of its files" "" "$(inside dpkg --verify trafmon)"
equal "capabilities of node" "" "$(inside getcap /usr/bin/node)"
equal "the launcher's capability" "/opt/trafMon/libexec/tmon_capture cap_net_raw=eip" "$(inside getcap /opt/trafMon/libexec/tmon_capture)"
equal "owner and mode of the launcher" "root:trafmon 750" "$(inside stat -c '%U:%G %a' /opt/trafMon/libexec/tmon_capture)"
equal "owner and mode of the key" "trafmon:trafmon 600" "$(inside stat -c '%U:%G %a' /etc/trafMon/cred/probe1.key)"
equal "the link to the logs" "/var/log/trafMon" "$(inside readlink /var/trafMon/log)"
for program in $(inside ls /opt/trafMon/bin /opt/trafMon/testing | grep -v -e : -e sample -e receivers); do
  inside "$program" --help >/dev/null || fail "$program --help"
done
ok "every program starts and shows its help"

say "--- running, unprivileged"
start_database() {
  inside sh -c 'install -d -o mysql /run/mysqld; setsid mariadbd --user=mysql >/tmp/mariadb.log 2>&1 &'
  tries=0
  until inside mariadb -e 'SELECT 1' >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 150 ] || fail "the database server does not start: $(tail -3 "$work/tmp/mariadb.log")"
    sleep 0.2
  done
}
stop_database() {
  inside mariadb-admin shutdown
  while inside pgrep -x mariadbd >/dev/null; do sleep 0.2; done
}
start_database
inside trafMon_setupDatabase >"$work/tmp/setup.log"
equal "modes of the passwords' files" "trafmon 600 trafmon 600" "$(inside stat -c '%U %a' /etc/trafMon/cred/db.cred /etc/trafMon/cred/report.cred | tr '\n' ' ' | sed 's/ $//')"
password=$(inside sed -n 's/^password = //p' /etc/trafMon/cred/db.cred)
key=$(inside cat /etc/trafMon/cred/probe1.key)

# A network of its own: what passes lo is known to the packet.
unshare --net sh -c 'echo $$ >"$0"; exec sleep 1000' "$work/tmp/net" &
until [ -s "$work/tmp/net" ]; do sleep 0.1; done
network=$(cat "$work/tmp/net")
network() { nsenter --net="/proc/$network/ns/net" "$@"; }
network ip link set lo up
sed -i 's/<interface name="any"\/>/<interface name="lo" filter="icmp"\/>/' "$work/etc/trafMon/xml/tmon.xml"

in_network() { network env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/ LANG=C.UTF-8 chroot "$work" setpriv --reuid trafmon --regid trafmon --init-groups "$@"; }
log_lines() { cat "$work/var/log/trafMon/$2" 2>/dev/null | grep -c "$1" || true; }
wait_for() { # text, log, how often it stands there
  tries=0
  until [ "$(log_lines "$1" "$2")" -ge "$3" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || fail "'$1' is not in $2: $(tail -3 "$work/var/log/trafMon/$2")"
    sleep 0.1
  done
}
starts=0
start_daemons() {
  starts=$((starts + 1))
  in_network setsid /opt/trafMon/bin/tmon_collector -L /var/log/trafMon/ TMonServer >>"$work/tmp/collector.out" 2>&1 &
  in_network setsid /opt/trafMon/libexec/tmon_capture probe1 >>"$work/tmp/probe.out" 2>&1 &
  wait_for "listening for probes" tmon_collector_TMonServer.log "$starts"
  wait_for "info  capturing" tmon_probe_probe1.log "$starts"
}
pid_of() { inside pgrep -f "^/usr/bin/node /opt/trafMon/bin/$1 "; }
start_daemons
equal "the probe's user" "trafmon" "$(inside ps -o user= -p "$(pid_of tmon_probe)" | tr -d ' ')"
equal "the probe's capabilities" "0000000000002000" "$(sed -n 's/^CapEff:\t//p' "$work/proc/$(pid_of tmon_probe)/status")"
equal "the collector's user" "trafmon" "$(inside ps -o user= -p "$(pid_of tmon_collector)" | tr -d ' ')"
equal "the collector's capabilities" "0000000000000000" "$(sed -n 's/^CapEff:\t//p' "$work/proc/$(pid_of tmon_collector)/status")"

PINGS=40
ping_some() { network chroot "$work" ping -q -i 0.02 -c "$PINGS" 127.0.0.1 >/dev/null; }
load() { as_trafmon trafMon_loader >>"$work/tmp/loader.out" 2>>"$work/tmp/loader.err" || fail "trafMon_loader: $(tail -2 "$work/tmp/loader.err")"; }
packets() { inside mariadb -N -e 'SELECT COALESCE(SUM(fwd_packets + rev_packets), 0) FROM trafMon.ipcttable'; }

say "--- a restart of everything, twice, with loads between"
ended() { while inside pgrep -f '^/usr/bin/node /opt/trafMon/bin/tmon_' >/dev/null; do sleep 0.1; done; }
ping_some
# As a machine that goes down: all at once, so what the probe has not acknowledged waits in its spool.
inside pkill -TERM -f '^/usr/bin/node /opt/trafMon/bin/tmon_'
ended
stop_database
start_database
start_daemons
ping_some
# As one that loses its power: the collector by surprise, with what it had not written.
inside pkill -KILL -f '^/usr/bin/node /opt/trafMon/bin/tmon_collector'
inside pkill -TERM -f '^/usr/bin/node /opt/trafMon/bin/tmon_probe'
ended
load
start_daemons
ping_some
inside /opt/trafMon/lib/maintainer/stop
load
load
equal "runs that wait in the spool after an orderly stop" "0" "$(inside find /var/trafMon/spool/probe1 -mindepth 1 -type d | wc -l)"
# Request and reply of each; the shipped configuration has one class.
equal "packets in the database after three runs" "$((3 * 2 * PINGS))" "$(packets)"
equal "sums by hour" "$((3 * 2 * PINGS))" "$(inside mariadb -N -e 'SELECT SUM(fwd_packets + rev_packets) FROM trafMon.ipcttable_1h')"
as_trafmon trafMon_updateIpInfo --no-dns >/dev/null
as_trafmon trafMon_callProcedure Update_ftp_data_in_ipcttable - "$(date -u +%F)" "$(date -u +%F)" >/dev/null
as_trafmon trafMon_callProcedure aggregate_stale_days - 1 >/dev/null
as_trafmon trafMon_callProcedure --from /etc/trafMon/retention.calls
ok "addresses are described, procedures run, retention keeps all"
as_trafmon sh -c 'cd /tmp && trafMon_volumeReportGen --cred /etc/trafMon/cred/report.cred -s "$(date -u +%F)" -e "$(date -u +%F)" -T 0' >"$work/tmp/report.out" || fail "report: $(cat "$work/tmp/report.out")"
equal "reports" "1" "$(inside find /var/trafMon/reports -name '*.pdf' | wc -l)"
found=$(as_trafmon trafMon_doctor | grep '^fault' | grep -v '^fault    clock' || true)
equal "the doctor's faults, but the clock's" "" "$found"
if grep -rqF -e "$password" -e "$key" "$work/var/log" "$work/tmp" "$work/var/trafMon"; then fail "a secret stands in a log"; fi
ok "no secret stands in a log or in any program's words"

say "--- upgrade, removal, purge"
start_daemons
mkdir "$work/root/new"
inside dpkg-deb -R /root/trafmon.deb /root/new
sed -i 's/^Version: .*/Version: 99.0/' "$work/root/new/DEBIAN/control"
echo '<!-- as a later version ships it -->' >>"$work/root/new/etc/trafMon/xml/tmon.xml"
inside dpkg-deb --root-owner-group -Znone -b /root/new /root/later.deb >/dev/null
configuration=$(cat "$work/etc/trafMon/xml/tmon.xml")
apt install --no-install-recommends /root/later.deb
equal "the version after the upgrade" "99.0" "$(inside dpkg-query -W -f '${Version}' trafmon)"
same "configuration after the upgrade" "$configuration" "$(cat "$work/etc/trafMon/xml/tmon.xml")"
same "the key after the upgrade" "$key" "$(cat "$work/etc/trafMon/cred/probe1.key")"
equal "the launcher's capability after the upgrade" "/opt/trafMon/libexec/tmon_capture cap_net_raw=eip" "$(inside getcap /opt/trafMon/libexec/tmon_capture)"
apt remove trafmon
equal "programs that still run after the removal" "" "$(inside pgrep -f /opt/trafMon/bin || true)"
[ -e "$work/etc/trafMon/cred/db.cred" ] && [ -d "$work/var/trafMon/collector/loaded" ] || fail "removal took configuration or data away"
ok "removal keeps configuration, secrets and data"
apt purge trafmon
listing >"$work/tmp/after"
# Debian's /opt belongs to no package, so dpkg takes it away when it becomes empty.
equal "files that purge leaves or takes too many" "" "$(diff "$work/tmp/before" "$work/tmp/after" | grep '^[<>]' | grep -vx '< /opt' || true)"
same "accounts after the purge" "$accounts" "$(inside cat /etc/passwd /etc/group | sort)"

say "--- from the sources"
apt install --no-install-recommends gcc libc6-dev libpcap-dev
mkdir "$work/src"
mount --bind "$(cd "$(dirname "$0")/../.." && pwd)" "$work/src"
# npm as this machine has it, with the certificates it trusts: Debian's would bring some 400 packages.
mkdir "$work/usr/local/lib/npm"
mount --bind "$(npm root -g)/npm" "$work/usr/local/lib/npm"
ln -s ../local/lib/npm/bin/npx-cli.js "$work/usr/bin/npx"
cp "${NODE_EXTRA_CA_CERTS:-/dev/null}" "$work/root/certificates"
listing >"$work/tmp/before"
from_sources() { inside env NODE_EXTRA_CA_CERTS=/root/certificates /src/scripts/install "$@" >"$work/tmp/install.log" 2>&1 || fail "scripts/install $*: $(tail -3 "$work/tmp/install.log")"; }
from_sources
# What dpkg keeps itself, and documentation as Debian wants it, is not of the sources.
packaged() { inside sh -c 'dpkg-deb --fsys-tarfile /root/trafmon.deb | tar -t' | sed 's/^\.//; s|/$||' | grep -v '^$' | sort; }
missing=$(packaged | grep -v /usr/share/doc/ | while IFS= read -r path; do [ -e "$work$path" ] || [ -L "$work$path" ] || echo "$path"; done)
equal "what the package has and an installation from the sources has not" "" "$missing"
equal "the launcher's capability" "/opt/trafMon/libexec/tmon_capture cap_net_raw=eip" "$(inside getcap /opt/trafMon/libexec/tmon_capture)"
equal "owner and mode of the key" "trafmon:trafmon 600" "$(inside stat -c '%U:%G %a' /etc/trafMon/cred/probe1.key)"
inside tmon_probe --check probe1 >"$work/tmp/check.log" 2>&1 || fail "tmon_probe --check: $(tail -3 "$work/tmp/check.log")"
echo '<!-- ours -->' >>"$work/etc/trafMon/xml/tmon.xml"
configuration=$(cat "$work/etc/trafMon/xml/tmon.xml")
from_sources
same "configuration after a second installation" "$configuration" "$(cat "$work/etc/trafMon/xml/tmon.xml")"
from_sources --remove
same "configuration after the removal" "$configuration" "$(cat "$work/etc/trafMon/xml/tmon.xml")"
equal "programs after the removal" "" "$(ls "$work/opt/trafMon" 2>/dev/null || true)"
from_sources --purge
listing >"$work/tmp/after"
# Debian's own folders that dpkg took away above are there again.
equal "files that purge leaves or takes too many" "" "$(diff "$work/tmp/before" "$work/tmp/after" | grep '^[<>]' | grep -vx -e '> /opt' -e '> /etc/cron.d' || true)"
same "accounts after the purge" "$accounts" "$(inside cat /etc/passwd /etc/group | sort)"
umount "$work/src" "$work/usr/local/lib/npm"
stop_database
umount -l "$work"/dev/* "$work/dev" "$work/sys" "$work/proc" 2>/dev/null || true
rm -rf --one-file-system "$work"
say "$passed passed, 0 failed"
