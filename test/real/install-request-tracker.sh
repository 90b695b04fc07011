#!/bin/sh
# Installs what `npm run test:real -- request-tracker` needs on a bare Debian 12, as root: Request Tracker 5 for SQLite, with its own server.
set -eu
export DEBIAN_FRONTEND=noninteractive

is_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}
if is_installed request-tracker5 && is_installed rt5-db-sqlite && is_installed rt5-standalone; then exit 0; fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() {
  "$@" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
}

# No database and no jobs for the machine's own instance: every run makes a database and throws it away.
debconf-set-selections <<'ANSWERS'
request-tracker5 request-tracker5/dbconfig-install boolean false
request-tracker5 request-tracker5/install-cronjobs boolean false
ANSWERS
quietly apt-get update
quietly apt-get install -y --no-install-recommends request-tracker5 rt5-db-sqlite rt5-standalone
