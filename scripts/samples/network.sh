# Network namespaces, impairment, taps and kernel counters; read by scenes.sh.

# No client may hold the play up.
in_office() { timeout -k 2 60 ip netns exec office "$@"; }
in_centre() { ip netns exec centre "$@"; }
in_internet() { ip netns exec internet "$@"; }
in_router() { ip netns exec router "$@"; }

# No offload, so that what is captured is what a wire would carry.
plain_device() { # NAMESPACE DEVICE
  ip netns exec "$1" ethtool -K "$2" tso off gso off gro off tx off rx off sg off
  ip -n "$1" link set "$2" up
}

# wire SIDE V4PREFIX V6PREFIX HOST...: a namespace SIDE (eth0, one address a host) on a wire to the router (SIDE0, host 1).
wire() {
  local side=$1 v4=$2 v6=$3 host
  shift 3
  ip netns add "$side"
  ip -n router link add "${side}0" type veth peer name eth0 netns "$side"
  plain_device router "${side}0"
  plain_device "$side" eth0
  ip -n "$side" link set lo up
  ip -n router addr add "$v4.1/24" dev "${side}0"
  ip -n router addr add "${v6}:1/64" dev "${side}0" nodad
  for host; do
    ip -n "$side" addr add "$v4.$host/24" dev eth0
    ip -n "$side" addr add "${v6}:$host/64" dev eth0 nodad
  done
  ip -n "$side" route add default via "$v4.1"
  ip -n "$side" -6 route add default via "${v6}:1"
}

make_network() {
  say "making the network"
  for module in lib/crc-ccitt net/ipv6/ipv6 drivers/net/veth net/sched/sch_netem; do
    (exec -a insmod "$(type -p kmod)" "$TOOLS/usr/lib/uml/modules/$(uname -r)/kernel/$module.ko") || die "cannot load $module"
  done
  ip link set lo up
  ip netns add router
  ip -n router link set lo up
  in_router sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.icmp_ratelimit=0
  wire office 10.20.1 fd20:1: 11 12 13 20
  wire centre 10.20.2 fd20:2: 21 53 80 90 123 161
  wire internet 198.51.100 2001:db8:100: 80
}

impairment=none
impair() { # NAME NETEM-PARAMETERS
  impairment=$2
  for device in office0 centre0; do
    in_router tc qdisc del dev $device root 2>/dev/null
    # shellcheck disable=SC2086
    in_router tc qdisc add dev $device root netem limit 10000 $2
  done
}

# The kernel's protocol counters of a namespace, those that are not 0: "side.Tcp.RetransSegs":1,...
counters() { # SIDE
  ip netns exec "$1" awk -v side="$1" '
    $1 in names { n = split(names[$1], name); for (i = 2; i <= n; i++) if ($i > 0) printf "\"%s.%s%s\":%s,", side, $1, name[i], $i; next }
    { names[$1] = $0 }' /proc/net/snmp /proc/net/netstat | sed 's/:\([A-Z]\)/.\1/g'
  ip netns exec "$1" awk -v side="$1" '$2 > 0 { printf "\"%s.%s\":%s,", side, $1, $2 }' /proc/net/snmp6
}

# scene NAME "DATE TIME" WHAT TAP...: sets the kernel's clock, starts the taps.
scene() {
  scene_name=$1 scene_what=$3 scene_began=$2
  shift 3
  taps=$*
  say "scene $scene_name"
  date -s "$scene_began" >/dev/null
  actions=/run/raw/$scene_name.actions
  : >"$actions"
  tap_ids=
  for tap in $taps; do
    # Not through in_router: its process id would be a shell's, and tcpdump must get the signal.
    ip netns exec router tcpdump -i "${tap}0" -n -p -s "${SNAPLEN:-0}" -B 16384 --time-stamp-precision=nano -Z root \
      -w "/run/raw/$scene_name.$tap.pcap" 2>"/run/raw/$scene_name.$tap.tcpdump" &
    tap_ids="$tap_ids $!"
  done
  sleep 0.7
  { echo "{"; counters office; counters centre; counters internet; echo '"end":0}'; } >"/run/raw/$scene_name.before"
}

end_scene() {
  # The last acknowledgements and delayed copies pass.
  sleep 1
  { echo "{"; counters office; counters centre; counters internet; echo '"end":0}'; } >"/run/raw/$scene_name.after"
  for tap in $tap_ids; do kill -TERM "$tap"; done
  # shellcheck disable=SC2086
  wait $tap_ids
  in_router tc -s -j qdisc show >"/run/raw/$scene_name.qdisc"
  printf '{"name":"%s","what":"%s","began":"%sZ","ended":"%s","taps":"%s","impairment":"%s","snaplen":%s}\n' "$scene_name" "$scene_what" \
    "${scene_began/ /T}" "$(date +%FT%TZ)" "$taps" "$impairment" "${SNAPLEN:-0}" >>/run/raw/scenes
}

# act WHAT KEY=VALUE...: one line of truth about what was done. Values are strings.
act() {
  local what=$1 each
  shift
  {
    printf '{"at":"%s","what":"%s"' "$(date +%FT%T.%NZ)" "$what"
    for each; do printf ',"%s":"%s"' "${each%%=*}" "${each#*=}"; done
    printf '}\n'
  } >>"$actions"
}
