#!/usr/bin/env bash
# Starts the PostgreSQL and the MariaDB that tests talk to, where they do not run yet; installs them on Debian as root.
set -euo pipefail

postgres() { (exec 3<>/dev/tcp/127.0.0.1/5432) 2>/dev/null; }
mariadb_up() { (exec 3<>/dev/tcp/127.0.0.1/3306) 2>/dev/null; }

wait_for() {
    for _ in $(seq 60); do
        "$1" && return 0
        sleep 0.5
    done
    echo "services: $2 does not answer" >&2
    return 1
}

install_missing() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
    local missing=()
    [ -d /etc/postgresql ] || missing+=(postgresql)
    command -v mariadbd >/dev/null || missing+=(mariadb-server)
    [ ${#missing[@]} = 0 ] && return 0
    DEBIAN_FRONTEND=noninteractive apt-get -qq update
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y "${missing[@]}" >/dev/null
}

if ! postgres || ! mariadb_up; then install_missing; fi
if ! postgres; then
    version=$(find /etc/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -V | tail -n 1)
    pg_ctlcluster --skip-systemctl-redirect "$version" main start
    wait_for postgres PostgreSQL
fi
if ! mariadb_up; then
    start-stop-daemon --start --oknodo --background --exec "$(command -v mariadbd)"
    wait_for mariadb_up MariaDB
fi
