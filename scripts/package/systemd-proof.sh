#!/bin/sh
# systemd-proof.sh BASE DEB: the second proof of scripts/test-package.mjs. A Debian of its own starts with systemd, in
# namespaces of its own, as a machine would: booted.sh runs there at each boot and writes down what it found.
set -eu

base=$1
deb=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(dirname "$base")/booted

if ! command -v systemd-nspawn >/dev/null; then
  echo "test:package: cannot start a Debian with systemd: systemd-nspawn is missing" >&2
  echo "  apt-get install systemd-container" >&2
  exit 69
fi

rm -rf --one-file-system "$work" "$(dirname "$base")/boot.log"
cp -a "$base" "$work"
cp /etc/resolv.conf "$work/etc/resolv.conf"
inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$work" "$@"; }
apt() { inside apt-get -qq -y -o Dpkg::Use-Pty=0 "$@" >"$work/root/apt.log" 2>&1 || { tail -20 "$work/root/apt.log"; exit 1; }; }
mount -t proc proc "$work/proc"
mount --bind /dev "$work/dev"
# Nothing starts before its system does.
printf '#!/bin/sh\nexit 101\n' >"$work/usr/sbin/policy-rc.d"
chmod +x "$work/usr/sbin/policy-rc.d"
apt update
apt install --no-install-recommends systemd systemd-sysv dbus mariadb-server iputils-ping iproute2 nodejs libpcap0.8t64 procps logrotate
rm "$work/usr/sbin/policy-rc.d"
umount "$work/dev" "$work/proc"

mkdir "$work/proof"
cp "$deb" "$work/proof/trafmon.deb"
cp "$here/booted.sh" "$work/proof/booted.sh"
cat >"$work/etc/systemd/system/proof.service" <<'UNIT'
[Unit]
After=network.target mariadb.service
[Service]
ExecStart=/proof/booted.sh
[Install]
WantedBy=multi-user.target
UNIT
ln -s ../proof.service "$work/etc/systemd/system/multi-user.target.wants/proof.service"

# No manager of containers is needed, and none is told: the machine ends with this script. What hangs is ended. A restart
# inside is an end here, with status 133.
status=133
while [ "$status" = 133 ]; do
  status=0
  timeout --kill-after=10 900 systemd-nspawn --quiet --register=no --keep-unit --private-network --boot --directory="$work" \
    </dev/null >>"$(dirname "$base")/boot.log" 2>&1 || status=$?
done
cat "$work/proof/found"
if ! grep -qx done "$work/proof/found"; then
  echo "FAIL  systemd's proof did not come to its end; see $(dirname "$base")/boot.log"
  exit 1
fi
echo "$(grep -c '^ok ' "$work/proof/found") passed under systemd, 0 failed"
rm -rf --one-file-system "$work"
