# The real servers of the scenes: those of trafgen's receivers, with files of their own, and iperf3; read by scenes.sh.

RECEIVERS=$REPOSITORY/packages/trafgen/receivers/trafgen_receivers

make_files() {
  local web
  for web in /run/centre/web /run/internet/web; do
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
  done
  local home=/run/centre/ftp/alice
  seq -f 'Report line %g.' 1 2000 >$home/report.txt
  seq 1 999999 | head -c 400000 >$home/archive.bin
  seq 1 9999999 | head -c 2000000 >/run/home/upload
}

start_servers() {
  say "starting the servers"
  $RECEIVERS start --tools "$TOOLS" --netns centre --folder /run/centre --set files= --set ftp_users=alice:wonderland \
    --set "ftp_banner=Files of example.test" --set ftp_addresses="10.20.2.21 fd20:2::21" \
    --set dns_addresses="10.20.2.53 fd20:2::53" --set http_addresses="10.20.2.80 fd20:2::80" \
    --set ntp_addresses="10.20.2.123 fd20:2::123" --set snmp_addresses="10.20.2.161 fd20:2::161" || die "the centre has no servers"
  $RECEIVERS start --tools "$TOOLS" --netns internet --folder /run/internet --set files= --set daemons=http \
    --set http_addresses="198.51.100.80 2001:db8:100::80" || die "the internet has no web"
  make_files
  in_centre iperf3 -s -B 10.20.2.90 >/run/raw/iperf3-v4.log 2>&1 &
  in_centre iperf3 -s -B fd20:2::90 >/run/raw/iperf3-v6.log 2>&1 &
  sleep 2
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
  cp -r /run/centre/log /run/raw/centre
  cp -r /run/internet/log /run/raw/internet
  in_centre chronyc -h /run/centre/run/chrony/socket serverstats >/run/raw/chronyd.stats 2>&1
  in_centre snmpget -v2c -c measured -Oqv 10.20.2.161 1.3.6.1.2.1.11.1.0 1.3.6.1.2.1.11.4.0 >/run/raw/snmpd.stats 2>&1
}
