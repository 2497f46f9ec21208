# A far host of its own: the packages, and a systemd unit that runs the receivers; read by trafgen_receivers.
#
# The packages' own services are not used: our unit runs the same programs with configurations of its own, so that nothing
# of /etc is edited and everything ends with the unit. The clock is the exception: a host has one, so chrony (or whatever
# sets it already) stays what it is, and only serves the time as well.

PROGRAM_FOLDER=/usr/local/lib/trafgen-receivers
SETTINGS_FILE=/etc/trafMon/receivers.conf
UNIT=trafgen-receivers.service
CHRONY_FILE=/etc/chrony/conf.d/trafgen-receivers.conf

has_systemd() { [ -d /run/systemd/system ]; }

is_installed() { [ "$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)" = "install ok installed" ]; }

service_of() { # DAEMON: the unit of its package
  case $1 in
    ftp) echo vsftpd ;;
    dns) echo named ;;
    snmp) echo snmpd ;;
    http) echo nginx ;;
  esac
}

install_far_host() {
  local each missing="" services="" kept="" clock=ours run
  run=" ${daemons// /  } "
  for each in $(package_names); do is_installed "$each" || missing="$missing $each"; done
  if [[ $run == *" ntp "* ]] && has_systemd; then
    run=${run/ ntp /}
    clock=chrony
    # Another server that sets the clock is not to be thrown out.
    for each in ntpsec ntp openntpd; do
      if is_installed "$each"; then clock=$each missing=${missing/ chrony/}; fi
    done
  fi
  run=$(echo $run)
  for each in $run; do
    if has_systemd && systemctl is-active --quiet "$(service_of "$each")" 2>/dev/null; then kept="$kept $(service_of "$each")"; fi
    services="$services $(service_of "$each")"
  done

  echo "$program will:"
  [ -z "$missing" ] || echo "  - install the Debian packages$missing"
  [[ $missing != *chrony* ]] || ! is_installed systemd-timesyncd || echo "  - thereby replace systemd-timesyncd by chrony, as Debian has it"
  [ -z "$kept" ] || echo "  - stop and disable the services that run here already:$kept"
  ! has_systemd || echo "  - keep the packages' own services off:$services"
  echo "  - copy itself to $PROGRAM_FOLDER, and its settings to $SETTINGS_FILE$([ ! -e "$SETTINGS_FILE" ] || echo " (there already: left as it is)")"
  case $clock in
    chrony) echo "  - let chrony serve the time to anybody: $CHRONY_FILE" ;;
    ours) ;;
    *) echo "  - leave the time to $clock, which is here already" ;;
  esac
  if has_systemd; then
    echo "  - install and start $UNIT: $run, with everything in $folder"
  else
    echo "  - start nothing: there is no systemd here; use $PROGRAM_FOLDER/trafgen_receivers start"
  fi
  [ "$dry_run" = yes ] && return 0
  [ "$(id -u)" = 0 ] || die 77 "cannot install as an ordinary user" "Run this as root."

  if [ -n "$missing" ]; then install_packages "$missing"; fi
  mkdir -p "$PROGRAM_FOLDER" "$(dirname "$SETTINGS_FILE")"
  [ "$here" = "$PROGRAM_FOLDER" ] || cp -r "$here/." "$PROGRAM_FOLDER/"
  ln -sf "$PROGRAM_FOLDER/trafgen_receivers" /usr/local/bin/trafgen_receivers
  if [ ! -e "$SETTINGS_FILE" ]; then
    cp "$settings" "$SETTINGS_FILE"
    # Passwords and communities.
    chmod 600 "$SETTINGS_FILE"
    for each in "${given[@]+"${given[@]}"}"; do printf '%s="%s"\n' "${each%%=*}" "${each#*=}" >>"$SETTINGS_FILE"; done
    [ $clock = ours ] || printf '# The time is served by the service that sets this clock.\ndaemons="%s"\n' "$run" >>"$SETTINGS_FILE"
  fi
  has_systemd || return 0
  if [ $clock = chrony ]; then
    printf 'allow all\nlocal stratum 10\n' >"$CHRONY_FILE"
    systemctl restart chrony || die 69 "cannot restart chrony" "See: systemctl status chrony"
    # A container may not set the clock, and Debian then leaves chrony out without a word.
    systemctl is-active --quiet chrony || echo "  chrony does not run here: no NTP until it does. Without setting the clock: $program start --set daemons=ntp"
  fi
  # shellcheck disable=SC2086
  systemctl disable --now --quiet $services
  sed "s|@PROGRAM@|$PROGRAM_FOLDER/trafgen_receivers|; s|@SETTINGS@|$SETTINGS_FILE|; s|@FOLDER@|$folder|" \
    "$here/templates/$UNIT" >"/etc/systemd/system/$UNIT"
  systemctl daemon-reload
  systemctl enable --quiet $UNIT
  systemctl restart $UNIT || die 69 "cannot start $UNIT" "See: systemctl status $UNIT"
  "$here/trafgen_receivers" status --folder "$folder"
}

install_packages() { # PACKAGES
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $1 >/dev/null ||
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $1 >/dev/null; } ||
    die 69 "cannot install$1" "apt-get's message is above."
}
