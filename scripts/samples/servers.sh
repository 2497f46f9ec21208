# The real servers of the scenes and their configurations; read by scenes.sh.

make_files() {
  local web=/run/web
  mkdir -p $web/put
  # Texts and numbers: real enough to read, and small when the capture is compressed.
  seq -f 'News line %g of the day.' 1 400 >$web/news.html
  seq -f '<p>Paragraph %g of the page.</p>' 1 120 >$web/index.html
  seq -f '.rule-%g { margin: 0 }' 1 60 >$web/style.css
  local host
  for host in 11 12 13; do
    seq 1 $((host * 1500)) >$web/photo-$host.bin
    seq 1 $((host * 9000)) >$web/film-$host.bin
  done
  seq 1 9999999 | head -c 3000000 >$web/bulk-3m.bin
  seq 1 9999999 | head -c 1000000 >$web/bulk-1m.bin
  seq -f 'Report line %g.' 1 2000 >/run/ftp/alice/report.txt
  seq 1 999999 | head -c 400000 >/run/ftp/alice/archive.bin
  chown -R 1900:1900 /run/ftp/alice
  chmod 755 /run/ftp /run/ftp/alice
  seq 1 9999999 | head -c 2000000 >/run/home/upload
}

# The accounts of the servers exist in this kernel only.
make_accounts() {
  { cat /etc/passwd; echo 'alice:x:1900:1900::/run/ftp/alice:/bin/sh'; echo 'ftp:x:1901:1900::/run/empty:/bin/sh'; } >/run/passwd
  echo "alice:$(openssl passwd -6 wonderland):19000:0:99999:7:::" >/run/shadow
  mkdir -p /run/pam.d
  printf 'auth required pam_unix.so\naccount required pam_permit.so\nsession required pam_permit.so\n' >/run/pam.d/vsftpd
  chmod 600 /run/shadow
  mount --bind /run/passwd /etc/passwd
  mount --bind /run/shadow /etc/shadow
  mount --bind /run/pam.d /etc/pam.d
}

start_servers() {
  say "starting the servers"
  make_accounts
  start_ftp
  start_names
  start_web
  start_agent
  start_clock
  in_centre iperf3 -s -B 10.20.2.90 >/run/raw/iperf3-v4.log 2>&1 &
  in_centre iperf3 -s -B fd20:2::90 >/run/raw/iperf3-v6.log 2>&1 &
  sleep 2
}

start_ftp() {
  cat >/run/vsftpd.conf <<'CONF'
listen=NO
listen_ipv6=YES
background=NO
anonymous_enable=NO
local_enable=YES
write_enable=YES
connect_from_port_20=YES
xferlog_enable=YES
dual_log_enable=YES
log_ftp_protocol=YES
syslog_enable=NO
vsftpd_log_file=/run/raw/vsftpd.log
xferlog_file=/run/raw/xferlog
secure_chroot_dir=/run/empty
pam_service_name=vsftpd
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
ftpd_banner=Files of example.test
CONF
  chown 0:0 /run/vsftpd.conf
  in_centre vsftpd /run/vsftpd.conf &
}

start_names() {
  local large=
  for part in 1 2 3 4 5 6 7 8; do
    large="$large \"part $part of a record that does not fit into five hundred and twelve bytes $(seq -s . 1 40)\""
  done
  cat >/run/named/example.test <<ZONE
\$TTL 3600
@ IN SOA ns1 admin 1 3600 900 86400 3600
@ IN NS ns1
@ IN MX 10 mail
ns1 IN A 10.20.2.53
ns1 IN AAAA fd20:2::53
www IN A 10.20.2.80
www IN AAAA fd20:2::80
ftp IN A 10.20.2.21
ftp IN AAAA fd20:2::21
files IN CNAME ftp
mail IN A 10.20.2.25
large IN TXT $large
ZONE
  cat >/run/named/named.conf <<'CONF'
options {
  directory "/run/named"; pid-file "/run/named/pid"; session-keyfile "/run/named/session.key";
  listen-on { 10.20.2.53; }; listen-on-v6 { fd20:2::53; };
  recursion no; dnssec-validation no; allow-transfer { any; }; max-udp-size 4096;
  statistics-file "/run/raw/named.stats";
};
controls { };
logging { channel queries { file "/run/raw/named.queries"; print-time yes; }; category queries { queries; }; };
zone "example.test" { type primary; file "example.test"; };
CONF
  in_centre named -f -c /run/named/named.conf >/run/raw/named.log 2>&1 &
}

start_web() {
  local side listen
  for side in centre internet; do
    case $side in
      centre) listen='listen 10.20.2.80:80; listen [fd20:2::80]:80;' ;;
      internet) listen='listen 198.51.100.80:80; listen [2001:db8:100::80]:80;' ;;
    esac
    cat >/run/nginx-$side.conf <<CONF
user root; daemon off; worker_processes 1; pid /run/nginx-$side.pid; error_log /run/raw/nginx-$side.errors;
events { }
http {
  log_format truth '\$msec \$remote_addr \$remote_port \$request_method \$uri \$status \$bytes_sent \$body_bytes_sent \$request_length';
  access_log /run/raw/nginx-$side.access truth;
  client_body_temp_path /run/nginx-body; proxy_temp_path /run/nginx-proxy; fastcgi_temp_path /run/nginx-fastcgi;
  uwsgi_temp_path /run/nginx-uwsgi; scgi_temp_path /run/nginx-scgi;
  client_max_body_size 64m; sendfile off; root /run/web;
  server { $listen location /put/ { dav_methods PUT; } }
}
CONF
    ip netns exec $side nginx -e stderr -c /run/nginx-$side.conf &
  done
}

start_agent() {
  printf 'rocommunity measured\nrocommunity6 measured\nsysLocation centre\nsysName agent.example.test\n' >/run/snmpd.conf
  in_centre snmpd -f -Ln -C -c /run/snmpd.conf -p /run/snmpd.pid udp:10.20.2.161:161 "udp6:[fd20:2::161]:161" >/run/raw/snmpd.log 2>&1 &
}

start_clock() {
  printf 'local stratum 3\nallow all\nbindaddress 10.20.2.123\nbindcmdaddress /run/chrony-centre/socket\npidfile /run/chrony-centre/pid\n' \
    >/run/chrony-centre.conf
  sed 's/10.20.2.123/fd20:2::123/; s/chrony-centre/chrony-office/' /run/chrony-centre.conf >/run/chrony-centre6.conf
  # -x: it answers, and leaves this kernel's clock alone.
  in_centre chronyd -n -x -u root -f /run/chrony-centre.conf >/run/raw/chronyd-v4.log 2>&1 &
  in_centre chronyd -n -x -u root -f /run/chrony-centre6.conf >/run/raw/chronyd-v6.log 2>&1 &
}

collect_servers() {
  {
    vsftpd -v 0>&1
    named -v
    nginx -v
    snmpd -v | head -n 2 | tail -n 1
    chronyd -v
    curl --version | head -n 1
    iperf3 --version | head -n 1
    tcpdump --version | head -n 1
    uname -sr
  } >/run/raw/versions 2>&1
  in_centre chronyc -h /run/chrony-centre/socket serverstats >/run/raw/chronyd-v4.stats 2>&1
  in_centre chronyc -h /run/chrony-office/socket serverstats >/run/raw/chronyd-v6.stats 2>&1
  in_centre snmpget -v2c -c measured -Oqv 10.20.2.161 1.3.6.1.2.1.11.1.0 1.3.6.1.2.1.11.4.0 >/run/raw/snmpd.stats 2>&1
}
