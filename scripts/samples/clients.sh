# What the clients do, each with its line of truth; read by scenes.sh. First argument: the client's own address.

curl_from() { # ADDRESS CURL-ARGUMENT...
  local from=$1
  shift
  in_office curl -sS --globoff --interface "$from" --max-time 60 -o /run/home/received "$@"
}

dns() { # FROM SERVER NAME TYPE DIG-OPTION...
  local from=$1 server=$2 name=$3 type=$4 answer
  shift 4
  answer=$(in_office dig -b "$from" @"$server" "$name" "$type" +tries=1 +time=3 "$@")
  act "dns query" from="$from" to="$server" name="$name" type="$type" options="$*" \
    status="$(sed -n 's/.*status: \([A-Z]*\).*/\1/p' <<<"$answer" | tail -n 1)" \
    transport="$(sed -n 's/^;; SERVER.*(\(UDP\|TCP\))$/\1/p' <<<"$answer" | tail -n 1)" \
    bytes="$(sed -n 's/.*MSG SIZE *rcvd: \([0-9]*\).*/\1/p; s/.*messages [0-9]*, bytes \([0-9]*\).*/\1/p' <<<"$answer" | tail -n 1)"
}

dns_unanswered() { # FROM SERVER NAME
  in_office dig -b "$1" @"$2" "$3" A +tries=2 +time=1 >/dev/null
  act "dns query" from="$1" to="$2" name="$3" type=A copies=2 status=unanswered
}

http() { # FROM URL...
  local from=$1 url outputs=() line
  shift
  for url; do outputs+=(-o /run/home/received "$url"); done
  in_office curl -sS --globoff --interface "$from" --max-time 90 -w '%{url_effective} %{http_code} %{size_download} %{local_port} %{num_connects}\n' \
    "${outputs[@]}" | while read -r url code size port connects; do
    act "http get" from="$from" url="$url" code="$code" bodyBytes="$size" localPort="$port" newConnections="$connects"
  done
}

http_put() { # FROM URL BYTES
  head -c "$3" /run/home/upload >/run/home/sent
  local result code size port
  result=$(curl_from "$1" -w '%{http_code} %{size_upload} %{local_port}' -H 'Expect:' -T /run/home/sent "$2")
  read -r code size port <<<"$result"
  act "http put" from="$1" url="$2" code="$code" bodyBytes="$size" localPort="$port"
}

# Reads at RATE and hangs up after SECONDS.
http_slow() { # FROM URL RATE SECONDS
  local result code size port
  result=$(curl_from "$1" --limit-rate "$3" --max-time "$4" -w '%{http_code} %{size_download} %{local_port}' "$2" 2>/dev/null)
  read -r code size port <<<"$result"
  act "http get, read slowly and broken off" from="$1" url="$2" bytesPerS="$3" seconds="$4" code="$code" bodyBytesRead="$size" \
    localPort="$port"
}

connect_refused() { # FROM URL
  curl_from "$1" "$2"
  act "tcp connection refused" from="$1" to="$2" curlExit="$?"
}

pings() { # FROM TO COUNT PAYLOAD-BYTES
  local answer
  answer=$(in_office ping -I "$1" -c "$3" -i 0.05 -s "$4" -W 2 "$2")
  act "ping" from="$1" to="$2" payloadBytes="$4" sent="$3" \
    received="$(sed -n 's/.* \([0-9]*\) received.*/\1/p' <<<"$answer")" \
    duplicates="$(sed -n 's/.* +\([0-9]*\) duplicates.*/\1/p' <<<"$answer")" \
    rttMs="$(sed -n 's/^rtt [^=]*= \([^ ]*\) ms.*/\1/p' <<<"$answer")"
}

pings_unanswered() { # FROM TO COUNT
  in_office ping -I "$1" -c "$3" -i 0.2 -W 1 "$2" >/dev/null
  act "ping" from="$1" to="$2" sent="$3" received=0
}

hops_exceeded() { # FROM TO COUNT
  in_office ping -I "$1" -c "$3" -i 0.2 -W 1 -t 1 "$2" >/dev/null
  act "ping whose hop limit ends in the router" from="$1" to="$2" sent="$3" received=0
}

clock_check() { # FROM SERVER
  local answer
  answer=$(timeout -k 1 15 ip netns exec office chronyd -Q -x -u root -t 12 -f /dev/null "server $2 iburst" "bindacqaddress $1" "pidfile /run/home/chrony.pid" "bindcmdaddress /" 2>&1)
  act "ntp burst" from="$1" to="$2" answer="$(grep -o 'System clock wrong by [^(]*' <<<"$answer")"
}

datagrams_refused() { # TO PORT COUNT
  local i
  for i in $(seq "$3"); do in_office bash -c "echo 'message $i of a log nobody reads' >/dev/udp/$1/$2"; done
  act "udp datagrams to a closed port" to="$1" port="$2" sent="$3"
}

ftp_result() { # WHAT FROM SERVER NAME MODE; reads: code size-down size-up port
  local code down up port
  read -r code down up port
  act "$1" from="$2" server="$3" file="$4" mode="$5" reply="$code" bytesDown="$down" bytesUp="$up" controlPort="$port"
}
FTP_WRITE='%{response_code} %{size_download} %{size_upload} %{local_port}\n'

ftp_get() { # FROM SERVER FILE MODE CURL-OPTION...
  local from=$1 server=$2 file=$3 mode=$4
  shift 4
  curl_from "$from" -u alice:wonderland -w "$FTP_WRITE" "$@" "ftp://$server/$file" | ftp_result "ftp RETR" "$from" "$server" "$file" "$mode"
}

ftp_list() { # FROM SERVER MODE CURL-OPTION...
  local from=$1 server=$2 mode=$3
  shift 3
  curl_from "$from" -u alice:wonderland -w "$FTP_WRITE" "$@" "ftp://$server/" | ftp_result "ftp LIST" "$from" "$server" "" "$mode"
}

ftp_put() { # FROM SERVER FILE BYTES MODE CURL-OPTION...
  local from=$1 server=$2 file=$3 bytes=$4 mode=$5
  shift 5
  head -c "$bytes" /run/home/upload >/run/home/sent
  curl_from "$from" -u alice:wonderland -w "$FTP_WRITE" -T /run/home/sent "$@" "ftp://$server/$file" |
    ftp_result "ftp STOR" "$from" "$server" "$file" "$mode"
}

ftp_resume() { # FROM SERVER FILE OFFSET MODE
  # curl takes the offset from what it is told, not from the file it writes.
  curl_from "$1" -u alice:wonderland -w "$FTP_WRITE" -C "$4" "ftp://$2/$3" | ftp_result "ftp RETR from offset $4" "$1" "$2" "$3" "$5"
}

ftp_missing() { # FROM SERVER FILE MODE
  curl_from "$1" -u alice:wonderland -w "$FTP_WRITE" "ftp://$2/$3" | ftp_result "ftp RETR of a missing file" "$1" "$2" "$3" "$4"
}

ftp_refused() { # FROM SERVER
  curl_from "$1" -u alice:mistaken -w "$FTP_WRITE" "ftp://$2/report.txt" | ftp_result "ftp login refused" "$1" "$2" "" ""
}

snmp_get() { # AGENT OID...
  local agent=$1
  shift
  act "snmp get" to="$agent" names="$*" answer="$(in_office snmpget -v2c -c measured -Oqvn -r 0 -t 2 "$agent" "$@" | tr '\n' ' ' | tr -d '"')"
}

snmp_walk() { # AGENT OID
  act "snmp getbulk walk" to="$1" names="$2" lines="$(in_office snmpbulkwalk -v2c -c measured -On -r 0 -t 2 "$1" "$2" | wc -l)"
}

snmp_unanswered() { # AGENT COUNT
  local i
  for i in $(seq "$2"); do in_office snmpget -v2c -c wrong -r 0 -t 0.5 "$1" 1.3.6.1.2.1.1.3.0 >/dev/null; done
  act "snmp get with a wrong community" to="$1" sent="$2" received=0
}

stream_udp() { # FROM SERVER BITS-PER-S DATAGRAM-BYTES SECONDS
  in_office iperf3 -c "$2" -B "$1" -u -b "$3" -l "$4" -t "$5" -J >"/run/raw/iperf3-$scene_name-udp-$1.json" 2>&1
  act "udp stream" from="$1" to="$2" rate="$3" datagramBytes="$4" seconds="$5" details="iperf3-$scene_name-udp-$1.json"
}

stream_tcp() { # FROM SERVER BYTES
  in_office iperf3 -c "$2" -B "$1" -n "$3" -J >"/run/raw/iperf3-$scene_name-tcp-$1.json" 2>&1
  act "tcp stream" from="$1" to="$2" bytes="$3" details="iperf3-$scene_name-tcp-$1.json"
}
