# vsftpd. Its users are in account files of their own, which only vsftpd sees: they are mounted over /etc in a mount
# namespace that ends with it.

ftp_packages="vsftpd openssl"
ftp_program=vsftpd

ftp_configure() {
  local user name password number=1900 address index=0
  mkdir -p "$folder/empty" "$folder/accounts/pam.d" "$folder/ftp"
  grep -vE "^($(printf '%s' "$ftp_users" | sed 's/:[^ ]*//g; s/ /|/g')|ftp):" /etc/passwd >"$folder/accounts/passwd"
  echo "ftp:x:1899:1899::$folder/empty:/bin/sh" >>"$folder/accounts/passwd"
  : >"$folder/accounts/shadow"
  chmod 600 "$folder/accounts/shadow"
  for user in $ftp_users; do
    name=${user%%:*} password=${user#*:}
    echo "$name:x:$number:1900::$folder/ftp/$name:/bin/sh" >>"$folder/accounts/passwd"
    echo "$name:$(printf '%s' "$password" | openssl passwd -6 -stdin):19000:0:99999:7:::" >>"$folder/accounts/shadow"
    make_files "$folder/ftp/$name"
    mkdir -p "$folder/ftp/$name/upload"
    chown -R $number:1900 "$folder/ftp/$name"
    number=$((number + 1))
  done
  # Every folder on the way must let the users through.
  chmod 755 "$folder" "$folder/ftp" "$folder"/ftp/*
  for user in $ftp_users; do
    setpriv --reuid 1900 --regid 1900 --clear-groups test -x "$folder/ftp/${user%%:*}" ||
      die 73 "FTP users cannot reach $folder" "Let others pass through the folders above it (chmod o+x), or give another --folder."
  done
  cp "$here/templates/pam-vsftpd" "$folder/accounts/pam.d/trafgen-vsftpd"
  if [ -z "$ftp_addresses" ]; then
    # One socket for both families.
    ftp_listener 0 NO YES ""
  else
    for address in $ftp_addresses; do
      if is_ipv6 "$address"; then ftp_listener $index NO YES "listen_address6=$address"; else ftp_listener $index YES NO "listen_address=$address"; fi
      index=$((index + 1))
    done
  fi
}

ftp_listener() { # INDEX LISTEN LISTEN6 ADDRESS
  render vsftpd.conf "vsftpd-$1.conf" LISTEN "$2" LISTEN6 "$3" ADDRESS "$4" BANNER "$ftp_banner" \
    PASSIVE_MIN "${ftp_passive_ports%-*}" PASSIVE_MAX "${ftp_passive_ports#*-}"
  chown 0:0 "$folder/configuration/vsftpd-$1.conf"
}

ftp_start() {
  local configuration
  for configuration in "$folder"/configuration/vsftpd-*.conf; do
    launch "$(basename "$configuration" .conf)" unshare --mount --propagation private "$here/with-accounts.sh" "$folder/accounts" vsftpd "$configuration"
  done
}

ftp_ports() { echo tcp:21; }
