#!/bin/sh
# Installs what `npm run test:real` needs on a bare Debian 12, as root: Redmine, its SQLite adapter, the Puma server.
set -eu
export DEBIAN_FRONTEND=noninteractive

is_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}
if is_installed redmine && is_installed redmine-sqlite && is_installed puma; then exit 0; fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() {
  "$@" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
}

# No database for the machine's own instance: every run makes one and throws it away.
debconf-set-selections <<'ANSWERS'
redmine redmine/instances/default/dbconfig-install boolean false
redmine redmine/instances/default/database-type select sqlite3
ANSWERS
quietly apt-get update
quietly apt-get install -y --no-install-recommends redmine redmine-sqlite puma
