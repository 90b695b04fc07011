#!/bin/sh
# Installs what `npm run test:real -- zabbix` needs on a bare Debian 12, as root: Zabbix 6.0's frontend, its schema, PostgreSQL, PHP.
set -eu
export DEBIAN_FRONTEND=noninteractive

is_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}
if is_installed zabbix-frontend-php && is_installed zabbix-server-pgsql && is_installed postgresql-15 \
  && is_installed php-pgsql && is_installed php-cli; then exit 0; fi

log=$(mktemp)
policy=/usr/sbin/policy-rc.d
made_policy=
tidy_up() {
  rm -f "$log"
  [ -z "$made_policy" ] || rm -f "$policy"
}
trap tidy_up EXIT
quietly() {
  "$@" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
}

# No package may start a service: every run has a database of its own and no Zabbix server at all.
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  made_policy=yes
fi
quietly apt-get update
# Nor does the machine get a database of its own with PostgreSQL.
if ! is_installed postgresql-common; then
  quietly apt-get install -y --no-install-recommends postgresql-common
  sed -i 's/^#*create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
fi
# With php8.2-cgi, PHP brings no Apache.
quietly apt-get install -y --no-install-recommends \
  zabbix-frontend-php zabbix-server-pgsql postgresql-15 php-pgsql php-cli php8.2-cgi
# Nor at the next start of the machine.
if command -v systemctl >/dev/null; then quietly systemctl disable zabbix-server; fi
