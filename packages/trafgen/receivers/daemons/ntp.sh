# chronyd as NTP server, beside whatever sets the clock: it serves the time and never sets it (-x).

ntp_packages="chrony"
ntp_program=chronyd

ntp_configure() {
  local address lines="" four=0 six=0
  for address in $ntp_addresses; do
    if is_ipv6 "$address"; then six=$((six + 1)); else four=$((four + 1)); fi
    lines="$lines${lines:+$newline}bindaddress $address"
  done
  # chronyd binds to one address of a family, or to all.
  if [ $four -gt 1 ] || [ $six -gt 1 ]; then lines=""; fi
  # It wants this folder closed to others.
  mkdir -p "$folder/run/chrony"
  chmod 750 "$folder/run/chrony"
  render chrony.conf chrony.conf ADDRESSES "$lines"
}

ntp_start() { launch chronyd chronyd -n -x -u root -f "$folder/configuration/chrony.conf"; }

ntp_ports() { echo udp:123; }
