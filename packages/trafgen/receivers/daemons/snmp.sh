# Net-SNMP's agent: versions 1 and 2c by community, version 3 by user.

snmp_packages="snmpd"
snmp_program=snmpd

snmp_configure() {
  # Holds the keys of the version 3 user.
  mkdir -p "$folder/run/snmp"
  chmod 700 "$folder/run/snmp"
  render snmpd.conf snmpd.conf COMMUNITY "$snmp_community" USER "$snmp_v3_user" AUTH "$snmp_v3_auth" PRIV "$snmp_v3_priv" ZONE "$dns_zone"
  chmod 600 "$folder/configuration/snmpd.conf"
}

snmp_start() {
  local address sockets=()
  for address in $snmp_addresses; do
    if is_ipv6 "$address"; then sockets+=("udp6:[$address]:161"); else sockets+=("udp:$address:161"); fi
  done
  [ ${#sockets[@]} -gt 0 ] || sockets=(udp:161 udp6:161)
  launch snmpd env MIBS= SNMP_PERSISTENT_DIR="$folder/run/snmp" SNMPCONFPATH="$folder/run/snmp" \
    snmpd -f -Lo -I -smux -C -c "$folder/configuration/snmpd.conf" -p "$folder/run/snmpd.own-pid" "${sockets[@]}"
}

snmp_ports() { echo udp:161; }
