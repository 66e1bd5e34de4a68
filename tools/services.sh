#!/usr/bin/env bash
# Starts the PostgreSQL and the MariaDB that tests talk to, where none answers as the tests ask: servers of their own in
# fresh temporary folders, on 127.0.0.1 alone. What is missing is installed on Debian as root. A server that
# MASKER_TEST_POSTGRES or MASKER_TEST_MYSQL names is somebody else's, and is not looked at.
set -euo pipefail
cd /

fail() {
    echo "services: $*" >&2
    exit 1
}
have() { for name in "$@"; do command -v "$name" >/dev/null || return 1; done; }
is_root() { [ "$(id -u)" = 0 ]; }
# Neither server runs as root.
as() { if is_root; then runuser -u "$1" -- "${@:2}"; else "${@:2}"; fi; }
taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
postgres_lets_in() { psql -X -w -h 127.0.0.1 -p 5432 -U postgres -d "$1" -Atqc 'select 1' >/dev/null 2>&1; }
mariadb_lets_in() { mariadb --no-defaults -h 127.0.0.1 -P 3306 -u root -e 'select 1' >/dev/null 2>&1; }

wait_for() {
    for _ in $(seq 120); do
        "$@" && return 0
        sleep 0.5
    done
    return 1
}

# A folder that belongs to the user whom a server runs as.
folder_for() {
    local folder
    folder=$(mktemp -d "${TMPDIR:-/tmp}/masker-$1.XXXXXX")
    if is_root; then chown "$1" "$folder"; fi
    echo "$folder"
}

postgres_tools() { { ls -d /usr/lib/postgresql/*/bin 2>/dev/null || dirname "$(command -v initdb)"; } | sort -V | tail -n 1; }

install_missing() {
    local missing=()
    if $1 && { ! have psql pg_dump pg_restore || [ ! -x "$(postgres_tools)/initdb" ]; }; then
        missing+=(postgresql)
    fi
    if $2 && ! have mariadb mariadb-dump mariadbd mariadb-install-db; then missing+=(mariadb-server); fi
    [ ${#missing[@]} = 0 ] && return 0
    is_root && have apt-get || fail "install ${missing[*]}"
    # What is installed must not start by itself: it would ask for passwords on the very ports.
    local policy=/usr/sbin/policy-rc.d made=false
    if [ ! -e $policy ]; then
        made=true
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod +x $policy
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update
    apt-get -qq install -y "${missing[@]}" >/dev/null
    if $made; then rm $policy; fi
}

start_postgres() {
    local folder tools
    taken 5432 && fail "port 5432 is taken, by no PostgreSQL that lets postgres in: set MASKER_TEST_POSTGRES"
    folder=$(folder_for postgres)
    tools=$(postgres_tools)
    as postgres "$tools/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
    as postgres "$tools/pg_ctl" -s -w -D "$folder/data" -l "$folder/log" \
        -o "-h 127.0.0.1 -p 5432 -k $folder -c fsync=off" start </dev/null
    wait_for postgres_lets_in postgres || fail "PostgreSQL does not answer; see $folder/log"
}

start_mariadb() {
    local folder
    taken 3306 && fail "port 3306 is taken, by no MariaDB that lets root in without a password: set MASKER_TEST_MYSQL"
    folder=$(folder_for mysql)
    as mysql mariadb-install-db --no-defaults --datadir="$folder/data" --auth-root-authentication-method=normal \
        --skip-test-db >"$folder/made" 2>&1 || fail "no database can be made; see $folder/made"
    as mysql setsid mariadbd --no-defaults --datadir="$folder/data" --socket="$folder/socket" --pid-file="$folder/pid" \
        --log-error="$folder/log" --bind-address=127.0.0.1 --port=3306 --character-set-server=utf8mb4 \
        --collation-server=utf8mb4_general_ci --innodb-flush-log-at-trx-commit=0 </dev/null >/dev/null 2>&1 &
    wait_for mariadb_lets_in || fail "MariaDB does not answer; see $folder/log"
}

wants_postgres=false
wants_mariadb=false
if [ -z "${MASKER_TEST_POSTGRES:-}" ]; then wants_postgres=true; fi
if [ -z "${MASKER_TEST_MYSQL:-}" ]; then wants_mariadb=true; fi
install_missing $wants_postgres $wants_mariadb
if $wants_postgres; then
    postgres_lets_in postgres || start_postgres
    postgres_lets_in test || psql -X -q -h 127.0.0.1 -U postgres -d postgres -c 'create database test'
fi
if $wants_mariadb; then mariadb_lets_in || start_mariadb; fi
