# BIND's named, authoritative for one zone and for all reverse names.

dns_packages="bind9"
dns_program=named

dns_configure() {
  local address four="" six="" name
  mkdir -p "$folder/dns"
  for address in $dns_addresses; do
    if is_ipv6 "$address"; then six="$six$address; "; else four="$four$address; "; fi
  done
  [ -n "$dns_addresses" ] || four="any; " six="any; "
  render named.conf named.conf ZONE "$dns_zone" ADDRESSES4 "${four:-none; }" ADDRESSES6 "${six:-none; }"
  {
    echo '$TTL 3600'
    echo '@ IN SOA ns1 admin 1 3600 900 86400 3600'
    echo '@ IN NS ns1'
    echo '@ IN MX 10 mail'
    dns_names ns1 "$dns_addresses"
    dns_names www "$http_addresses"
    dns_names ftp "$ftp_addresses"
    dns_names ntp "$ntp_addresses"
    dns_names snmp "$snmp_addresses"
    dns_names mail ""
    echo 'files IN CNAME ftp'
    echo "large IN TXT $(dns_large_text)"
    # shellcheck disable=SC2016
    echo '$GENERATE 1-200 host-$ A 192.0.2.$'
  } >"$folder/dns/forward"
  for name in reverse4 reverse6; do
    printf '$TTL 3600\n@ IN SOA ns1.%s. admin.%s. 1 3600 900 86400 3600\n@ IN NS ns1.%s.\n' "$dns_zone" "$dns_zone" "$dns_zone" >"$folder/dns/$name"
  done
  {
    dns_pointers ns1 "$dns_addresses"
    dns_pointers www "$http_addresses"
    dns_pointers ftp "$ftp_addresses"
    dns_pointers ntp "$ntp_addresses"
    dns_pointers snmp "$snmp_addresses"
    dns_pointers host "$dns_host_addresses"
  } | sort -u -k1,1 >"$folder/dns/pointers"
  sed -n 's/\.in-addr\.arpa\. / IN PTR /p' "$folder/dns/pointers" >>"$folder/dns/reverse4"
  sed -n 's/\.ip6\.arpa\. / IN PTR /p' "$folder/dns/pointers" >>"$folder/dns/reverse6"
}

dns_large_text() { # eight strings that together need more than 512 bytes
  local part
  for part in 1 2 3 4 5 6 7 8; do
    printf '"part %s of a record that does not fit into five hundred and twelve bytes %s" ' $part "$(seq -s . 1 40)"
  done
}

dns_names() { # NAME ADDRESSES
  local address
  for address in ${2:-$dns_host_addresses}; do
    if is_ipv6 "$address"; then echo "$1 IN AAAA $address"; else echo "$1 IN A $address"; fi
  done
}

dns_pointers() { # NAME ADDRESSES
  local address
  for address in $2; do echo "$(reverse_name "$address") $1.$dns_zone."; done
}

# 192.0.2.1 -> 1.2.0.192.in-addr.arpa.   2001:db8::1 -> 1.0.0.0. ... .1.0.0.2.ip6.arpa.
reverse_name() { # ADDRESS
  if ! is_ipv6 "$1"; then
    echo "$1" | awk -F. '{ print $4 "." $3 "." $2 "." $1 ".in-addr.arpa." }'
    return
  fi
  echo "$1" | awk '{
    at = index($0, "::")
    head = at > 0 ? substr($0, 1, at - 1) : $0
    tail = at > 0 ? substr($0, at + 2) : ""
    n = head == "" ? 0 : split(head, a, ":")
    m = tail == "" ? 0 : split(tail, b, ":")
    for (i = 1; i <= 8; i++) word[i] = i <= n ? a[i] : (i > 8 - m ? b[i - (8 - m)] : "0")
    for (i = 8; i >= 1; i--) {
      full = substr("0000" word[i], length(word[i]) + 1)
      for (j = 4; j >= 1; j--) printf "%s.", substr(full, j, 1)
    }
    print "ip6.arpa."
  }'
}

dns_start() { launch named named -f -c "$folder/configuration/named.conf"; }

dns_ports() { echo tcp:53 udp:53; }
