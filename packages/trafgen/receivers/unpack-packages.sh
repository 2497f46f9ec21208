#!/bin/bash
# unpack-packages.sh FOLDER PACKAGE...: fetches those Debian packages that this machine does not have installed, with what
# they need, and unpacks them below FOLDER. Installs nothing, starts nothing. A second call with the same packages does
# nothing. Root is needed only where the package lists are missing or old. With ONLY=PATH in the environment, just this one
# file of the packages themselves: a program that stands alone need not bring a web site with it.
set -u
folder=$1
shift
packages=$*
mkdir -p "$folder"
exec 9>"$folder.lock"
flock 9
stamp=$folder/complete
[ "$(cat "$stamp" 2>/dev/null)" = "$packages" ] && exit 0

fail() {
  echo "unpack-packages.sh: $1" >&2
  echo "  $2" >&2
  exit 69
}

command -v apt-get >/dev/null || fail "cannot fetch $packages: there is no apt-get here" "Install what they provide by hand."
rm -rf "$folder"
mkdir -p "$folder/debs"
cd "$folder/debs" || exit 74

fetch() {
  local plan missing
  # shellcheck disable=SC2086
  plan=$(LC_ALL=C apt-get -s install --no-install-recommends $packages 2>&1) || return 1
  # "Inst name [old] (new ...": one that is installed already, in an older version, stays as it is.
  missing=$(sed -n 's/^Inst \([^ ]*\) (.*/\1/p' <<<"$plan")
  [ -n "$missing" ] || return 0
  [ -z "${ONLY:-}" ] || missing=$packages
  echo "unpacking $(wc -w <<<"$missing") Debian packages in $folder:" $missing
  # shellcheck disable=SC2086
  apt-get download -qq -o APT::Sandbox::User=root $missing
}

said=$(fetch 2>&1) || {
  # Lists are often missing on a small system, or older than the archive.
  apt-get update -qq >/dev/null 2>&1
  said=$(fetch 2>&1) || fail "cannot fetch $packages: $(tail -n 1 <<<"$said")" "Run apt-get update as root, and look whether the archive can be reached."
}
[ -z "$said" ] || echo "$said"
for deb in *.deb; do
  [ -e "$deb" ] || continue
  if [ -n "${ONLY:-}" ]; then
    dpkg --fsys-tarfile "$deb" | tar -x -C "$folder" "./$ONLY"
  else
    dpkg -x "$deb" "$folder"
  fi || fail "cannot unpack $deb" "Is there room in $folder?"
done
rm -rf "$folder/debs"
echo "$packages" >"$stamp"
