#!/bin/sh
# with-accounts.sh FOLDER COMMAND...: runs a command to which the account files of FOLDER are those of the system. To be
# called in a mount namespace of its own.
set -e
accounts=$1
shift
mount --bind "$accounts/passwd" /etc/passwd
mount --bind "$accounts/shadow" /etc/shadow
mount --bind "$accounts/pam.d" /etc/pam.d
exec "$@"
