#!/bin/bash
# The scenes of the sample captures, played inside a kernel of their own (make-samples.mjs boots it, see there why).
# This is the first process of that kernel: its end is the kernel's end, and with it of every server started here.
#
#   office (clients)          router                      centre (servers)
#   10.20.1.0/24  ---- office0 | centre0 ---------------- 10.20.2.0/24
#   fd20:1::/64                | internet0 ---+           fd20:2::/64
#                                             +---------- internet  198.51.100.0/24, 2001:db8:100::/64
#
# Taps: tcpdump in the router on office0 ("office") and on centre0 ("centre"). netem sits on the sending side of both,
# so what goes to the centre is seen before the impairment at office0 and after it at centre0, and the other way round.
#
# Environment: OUT (a folder of the host, for the results), TOOLS (unpacked Debian packages), REPOSITORY, DAY1, DAY2.
set -u
export PATH=$TOOLS/usr/sbin:$TOOLS/usr/bin:$TOOLS/sbin:$TOOLS/bin:/usr/sbin:/usr/bin:/sbin:/bin
export MIBS= LD_LIBRARY_PATH=$TOOLS/usr/lib/x86_64-linux-gnu:$TOOLS/lib/x86_64-linux-gnu LC_ALL=C HOME=/run/home TMPDIR=/run/home TZ=UTC
here=$REPOSITORY/scripts/samples

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mkdir -p /run/{home,raw,netns}
mount -t hostfs -o "$OUT" none /mnt

cd /run
exec 3>&1 >>/mnt/play.log 2>&1
say() { echo "samples: $*" >&3; }
die() { say "$*"; cp -r /run/raw/. /mnt/; echo o >/proc/sysrq-trigger; sleep 5; }

# shellcheck source=scripts/samples/network.sh
. "$here/network.sh"
# shellcheck source=scripts/samples/servers.sh
. "$here/servers.sh"
# shellcheck source=scripts/samples/clients.sh
. "$here/clients.sh"

make_network
start_servers

# --- Thursday and Friday of an office -------------------------------------------------------------------------------

scene morning "$DAY1 08:12:03" "names, clocks, web pages and pings of a starting day; ICMP errors; fragments" office
for host in 11 12 13; do
  for name in www ftp files ns1; do
    dns 10.20.1.$host 10.20.2.53 $name.example.test A
    dns fd20:1::$host fd20:2::53 $name.example.test AAAA
  done
  http 10.20.1.$host http://10.20.2.80/index.html http://10.20.2.80/style.css http://10.20.2.80/photo-$host.bin
  http fd20:1::$host "http://[fd20:2::80]/index.html" "http://[fd20:2::80]/photo-$host.bin"
  http 10.20.1.$host http://198.51.100.80/news.html http://198.51.100.80/film-$host.bin
done
dns 10.20.1.12 10.20.2.53 absent.example.test A
dns 10.20.1.12 10.20.2.53 large.example.test TXT +bufsize=4096
dns 10.20.1.12 10.20.2.53 large.example.test TXT +noedns
dns fd20:1::12 fd20:2::53 example.test AXFR +tcp
dns 10.20.1.13 10.20.2.53 www.example.test MX +tcp
dns_unanswered 10.20.1.13 10.20.2.99 www.example.test
pings 10.20.1.11 10.20.2.80 10 56
pings fd20:1::11 fd20:2::80 10 56
pings 10.20.1.12 10.20.2.80 3 4000
pings fd20:1::12 fd20:2::80 3 4000
pings_unanswered 10.20.1.13 10.20.2.98 3
clock_check 10.20.1.11 10.20.2.123
clock_check fd20:1::11 fd20:2::123
datagrams_refused 10.20.2.80 5140 6
connect_refused 10.20.1.13 http://10.20.2.80:8099/
hops_exceeded 10.20.1.13 10.20.2.80 2
end_scene

scene ftp-passive "$DAY1 10:31:40" "FTP, the client opens the data connections: EPSV and PASV, IPv4 and IPv6, one refused login" office
ftp_get 10.20.1.12 10.20.2.21 report.txt EPSV
ftp_get 10.20.1.12 10.20.2.21 archive.bin PASV --disable-epsv
ftp_list 10.20.1.12 10.20.2.21 PASV --disable-epsv
ftp_put 10.20.1.13 10.20.2.21 upload-1.bin 300000 PASV --disable-epsv
ftp_get fd20:1::12 "[fd20:2::21]" archive.bin EPSV
ftp_put fd20:1::13 "[fd20:2::21]" upload-2.bin 120000 EPSV
ftp_resume 10.20.1.12 10.20.2.21 archive.bin 250000 EPSV
ftp_missing 10.20.1.12 10.20.2.21 nothing-here.txt EPSV
ftp_refused 10.20.1.13 10.20.2.21
end_scene

scene snmp "$DAY1 13:45:10" "an SNMP v2c manager polls one agent; three requests with a wrong community stay unanswered" office
for round in 1 2 3 4 5 6 7 8 9 10; do
  snmp_get 10.20.2.161 1.3.6.1.2.1.1.3.0 1.3.6.1.2.1.1.5.0
done
snmp_walk 10.20.2.161 1.3.6.1.2.1.1
snmp_get "udp6:[fd20:2::161]" 1.3.6.1.2.1.1.3.0
snmp_unanswered 10.20.2.161 3
end_scene

scene ftp-active "$DAY1 16:05:27" "FTP, the server opens the data connections: PORT and EPRT, IPv4 and IPv6" office
ftp_get 10.20.1.11 10.20.2.21 archive.bin PORT -P 10.20.1.11 --disable-eprt
ftp_get 10.20.1.11 10.20.2.21 report.txt EPRT -P 10.20.1.11
ftp_put 10.20.1.11 10.20.2.21 upload-3.bin 200000 PORT -P 10.20.1.11 --disable-eprt
ftp_list 10.20.1.11 10.20.2.21 PORT -P 10.20.1.11 --disable-eprt
ftp_get fd20:1::11 "[fd20:2::21]" archive.bin EPRT -P fd20:1::11
end_scene

SNAPLEN=160
impair loss "delay 20ms loss 2%"
scene wan-loss "$DAY2 09:31:15" "a line with 20 ms delay and 2 % loss each way: bulk TCP both ways, UDP streams, pings" office centre
http 10.20.1.11 http://10.20.2.80/bulk-3m.bin
http fd20:1::11 "http://[fd20:2::80]/bulk-1m.bin"
http_put 10.20.1.12 http://10.20.2.80/put/up.bin 2000000
stream_udp 10.20.1.13 10.20.2.90 400k 200 6
stream_udp fd20:1::13 fd20:2::90 200k 1000 6
stream_tcp 10.20.1.12 10.20.2.90 1500000
pings 10.20.1.13 10.20.2.80 100 56
end_scene

impair reorder "delay 15ms reorder 0.5% duplicate 0.5%"
scene wan-reorder "$DAY2 11:47:50" "a line with 15 ms delay; one packet in 200 overtakes the others, one in 200 is doubled, each way" office centre
http 10.20.1.11 http://10.20.2.80/bulk-3m.bin
http_put fd20:1::12 "http://[fd20:2::80]/put/up6.bin" 1000000
stream_udp 10.20.1.13 10.20.2.90 400k 200 5
pings 10.20.1.13 10.20.2.80 50 56
end_scene

impair slow "delay 4ms"
in_office sysctl -q -w net.ipv4.tcp_rmem="4096 16384 32768"
scene slow-reader "$DAY2 14:22:33" "clients that read slower than the server sends (closed windows), and a download broken off" office
http_slow 10.20.1.13 http://10.20.2.80/bulk-3m.bin 300k 6
http_slow fd20:1::13 "http://[fd20:2::80]/bulk-1m.bin" 100k 4
http 10.20.1.12 http://198.51.100.80/film-11.bin
end_scene

say "collecting results"
collect_servers
cp -r /run/raw/. /mnt/ || say "cannot copy the results"
echo done >/mnt/finished
sync
echo o >/proc/sysrq-trigger
sleep 5
