#!/usr/bin/env bash
# Installs the brokers that tests start, where Debian packages can be installed; what is there or given by an address is left alone.
# Exit code 0: they are there. 1: they are not; says what to do.
set -euo pipefail

# The path of a user who is not root often lacks these.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
missing=()
[[ -n ${MTSOCKETS_TEST_REDIS:-} ]] || command -v redis-server >/dev/null || missing+=(redis-server)
[[ -n ${MTSOCKETS_TEST_RABBITMQ:-} ]] || command -v rabbitmq-server >/dev/null || missing+=(rabbitmq-server)
((${#missing[@]})) || exit 0

give_up() {
    echo "Tests need ${missing[*]}, and $1."
    echo "Install: apt-get install ${missing[*]} (or what your system calls them),"
    echo "or set MTSOCKETS_TEST_REDIS and MTSOCKETS_TEST_RABBITMQ to the addresses (host:port) of running ones,"
    echo "or start a Docker engine: the tests then run in a container."
    exit 1
} >&2

command -v apt-get >/dev/null || give_up "this system has no apt-get"
as_root=()
if ((EUID != 0)); then
    command -v sudo >/dev/null || give_up "only root may install them (there is no sudo)"
    sudo -n true 2>/dev/null || { [[ -t 0 ]] && sudo -v; } || give_up "only root may install them (sudo asks for a password)"
    as_root=(sudo)
fi

# Debian starts a service when its package is installed. These are to be programs only, and to leave the default ports alone.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
fi

echo "Installing ${missing[*]} ..."
log=$(mktemp)
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120)
if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    give_up "apt-get could not install them (see above)"
fi
rm -f "$log"
