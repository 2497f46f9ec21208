# The daemons as plain processes: configured, started, looked after, stopped; read by trafgen_receivers.
#
# Below the folder: configuration/ as rendered from templates/, log/, run/NAME.pid (process id and the instant it began, so
# that no stranger with the same id is ever stopped), and what is served.

WAIT_TENTHS=200

# Unpacked programs before those of the system; libraries likewise.
use_tools() {
  local each libraries=""
  PATH=$PATH:/usr/sbin:/sbin
  if [ -d "$tools/usr" ]; then
    tools=$(cd "$tools" && pwd)
    PATH=$tools/usr/sbin:$tools/usr/bin:$tools/sbin:$tools/bin:$PATH
    for each in "$tools"/usr/lib/*-linux-gnu* "$tools"/lib/*-linux-gnu*; do
      [ -d "$each" ] && libraries=$libraries${libraries:+:}$each
    done
    [ -z "$libraries" ] || export LD_LIBRARY_PATH=$libraries
  fi
  export PATH LC_ALL=C TZ=UTC
}

# render TEMPLATE FILE NAME VALUE...: writes configuration/FILE, with each @NAME@ of the template replaced.
render() {
  local text file=$2
  text=$(cat "$here/templates/$1")
  set -- FOLDER "$folder" "${@:3}"
  while [ $# -gt 0 ]; do
    text=${text//"@$1@"/"$2"}
    shift 2
  done
  printf '%s\n' "$text" >"$folder/configuration/$file"
}

# The files of the settings, in FOLDER: readable text, the same bytes everywhere.
make_files() { # FOLDER
  local each
  mkdir -p "$1"
  for each in $files; do
    seq 1 2000000000 2>/dev/null | head -c "${each##*:}" >"$1/${each%:*}"
  done
}

in_namespace() { if [ -n "$netns" ]; then ip netns exec "$netns" "$@"; else "$@"; fi; }

began() { # PROCESS-ID: the instant it began, in ticks since boot
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

# launch NAME COMMAND...: a session of its own, so that all its processes end together.
launch() {
  local name=$1 id
  shift
  if [ -n "$netns" ]; then set -- ip netns exec "$netns" "$@"; fi
  : >"$folder/log/$name.log"
  # vsftpd says what is wrong on its standard input.
  setsid "$@" <>"$folder/log/$name.log" >&0 2>&1 &
  id=$!
  echo "$id $(began $id)" >"$folder/run/$name.pid"
  launched="$launched $name"
}

is_running() { # NAME
  local id instant
  read -r id instant <"$folder/run/$1.pid" 2>/dev/null || return 1
  [ -n "$instant" ] && [ "$(began "$id")" = "$instant" ] && [ "$(sed 's/.*) //' "/proc/$id/stat" | cut -c1)" != Z ]
}

names_of_running() {
  local file
  for file in "$folder"/run/*.pid; do
    [ -e "$file" ] && is_running "$(basename "$file" .pid)" && basename "$file" .pid
  done
}

check_start() {
  local each name missing="" program_name
  [ "$(id -u)" = 0 ] || die 77 "cannot serve ports below 1024 as an ordinary user" "Run this as root."
  if [ -n "$netns" ] && ! ip netns exec "$netns" true 2>/dev/null; then
    die 69 "there is no network namespace $netns" "Make it: ip netns add $netns"
  fi
  [ -z "$(names_of_running)" ] || die 75 "already running in $folder: $(echo $(names_of_running))" "Stop them first: $program stop --folder $folder"
  for each in $daemons; do
    program_name=${each}_program
    command -v "${!program_name}" >/dev/null || missing="$missing ${!program_name}"
  done
  [ -z "$missing" ] || die 69 "these programs are missing:$missing" "Fetch them: $program unpack --tools FOLDER, and give the same --tools here."
  if [ "${#folder}" -gt 80 ]; then die 64 "the folder's name is too long for a socket in it: $folder" "Give one with at most 80 characters."; fi
  for each in $(wanted_ports); do
    is_listening "$each" && die 69 "port ${each#*:} (${each%:*}) is taken${netns:+ in namespace $netns}" "Stop what listens there, or serve other --address."
  done
}

wanted_ports() { local each; for each in $daemons; do "${each}_ports"; done | tr ' ' '\n' | sort -u; }

# Whether something listens on a port of the addresses wanted.
is_listening() { # tcp|udp:PORT
  local flag=-t port=${1#*:} socket wanted=""
  [ "${1%:*}" = udp ] && flag=-u
  local each name
  for each in $daemons; do
    name=${each}_addresses
    [[ " $("${each}_ports") " == *" $1 "* ]] && wanted=${!name}
  done
  while read -r socket; do
    [ -n "$socket" ] || continue
    [ -z "$wanted" ] && return 0
    [[ $socket == "*:$port" || $socket == "0.0.0.0:$port" || $socket == "[::]:$port" ]] && return 0
    for each in $wanted; do
      [[ $socket == "$each:$port" || $socket == "[$each]:$port" ]] && return 0
    done
  done <<<"$(in_namespace ss -Hln $flag "sport = :$port" | awk '{ print $4 }')"
  return 1
}

# Whether every address of a port's daemon has its socket.
listens_everywhere() { # DAEMON tcp|udp:PORT
  local flag=-t port=${2#*:} name=${1}_addresses each sockets
  [ "${2%:*}" = udp ] && flag=-u
  sockets=" $(in_namespace ss -Hln $flag "sport = :$port" | awk '{ print $4 }' | tr '\n' ' ')"
  [ "$sockets" != " " ] || return 1
  [[ $sockets == *" *:$port "* || $sockets == *" 0.0.0.0:$port "* ]] && return 0
  for each in ${!name}; do
    [[ $sockets == *" $each:$port "* || $sockets == *" [$each]:$port "* ]] || return 1
  done
}

start_receivers() {
  use_tools
  check_start
  echo "$program: in $folder${netns:+, namespace $netns}:"
  local each name where launched=""
  for each in $daemons; do
    name=${each}_addresses where=${!name}
    program_name=${each}_program
    echo "  ${!program_name}: $each on ${where:-all addresses}, $("${each}_ports")"
  done
  [ "$dry_run" = yes ] && return 0
  mkdir -p "$folder"/{configuration,log,run}
  rm -f "$folder"/run/*.pid
  for each in $daemons; do "${each}_configure"; done
  for each in $daemons; do "${each}_start"; done
  for each in $daemons; do await_daemon "$each"; done
}

await_daemon() { # DAEMON
  local port name tenths=0
  for port in $("$1_ports"); do
    until listens_everywhere "$1" "$port"; do
      for name in $launched; do
        is_running "$name" || give_up "$name ended at once" "$(tail -n 1 "$folder/log/$name.log") (see $folder/log)"
      done
      tenths=$((tenths + 1))
      [ $tenths -lt $WAIT_TENTHS ] || give_up "$1 does not listen on ${port}" "Its log is in $folder/log."
      sleep 0.1
    done
  done
}

give_up() { # WHAT HINT
  stop_receivers
  die 69 "$1" "$2"
}

stop_receivers() {
  local name id instant tenths=0 signal=TERM
  while [ -n "$(names_of_running)" ]; do
    if [ $((tenths % 50)) = 0 ]; then
      for name in $(names_of_running); do
        read -r id instant <"$folder/run/$name.pid"
        kill -s $signal -- "-$id" 2>/dev/null
      done
      # A daemon that has not ended five seconds later is not going to.
      signal=KILL
    fi
    tenths=$((tenths + 1))
    [ $tenths -lt $WAIT_TENTHS ] || die 70 "cannot stop $(echo $(names_of_running))" "Look at its process: $folder/run."
    sleep 0.1
  done
  rm -f "$folder"/run/*.pid
}

show_status() {
  local file name id instant found=no state code=0
  for file in "$folder"/run/*.pid; do
    [ -e "$file" ] || continue
    found=yes name=$(basename "$file" .pid)
    read -r id instant <"$file"
    if is_running "$name"; then state=running; else state=ended code=69; fi
    printf '%-12s %-8s process %-8s %s\n' "$name" "$state" "$id" "$folder/log/$name.log"
  done
  if [ $found = no ]; then
    echo "nothing runs in $folder"
    code=69
  fi
  exit $code
}
