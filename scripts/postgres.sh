#!/usr/bin/env bash
# A throw-away Postgres for tests:  postgres.sh start DIR PORT [SETTING=VALUE...] | stop DIR
# Installs the server through apt where it is missing; runs it as user postgres when we are root (it refuses root).
set -euo pipefail
usage() { sed -n 2p "$0"; exit 2; }
[ $# -ge 2 ] || usage
dir=$2
find_bin() { for d in /usr/lib/postgresql/*/bin; do [ -x "$d/initdb" ] && bin=$d; done; [ -n "${bin:-}" ] || bin=$(pg_config --bindir 2>/dev/null || true); [ -x "${bin:-}/initdb" ]; }
find_bin || { [ "$(id -u)" = 0 ] && apt-get install -y -q postgresql >/dev/null 2>&1 || true; }
find_bin || { echo "no Postgres server here: install the package postgresql" >&2; exit 1; }
as_pg() { if [ "$(id -u)" = 0 ]; then (cd / && su postgres -s /bin/sh -c "$(printf '%q ' "$@")"); else "$@"; fi; }
case $1 in
  start)
    port=${3:?port}
    mkdir -p "$dir"
    if [ ! -e "$dir/data/PG_VERSION" ]; then
      mkdir -p "$dir/data"
      [ "$(id -u)" = 0 ] && { chown postgres "$dir" "$dir/data"; chmod 755 "$dir"; }
      chmod 700 "$dir/data"
      as_pg "$bin/initdb" -D "$dir/data" -U skep -A trust -E UTF8 --locale=C >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 1; }
      printf "listen_addresses='127.0.0.1'\nmax_connections=300\nshared_buffers=256MB\nmax_wal_size=2GB\n" >>"$dir/data/postgresql.conf"
      for setting in "${@:4}"; do echo "$setting" >>"$dir/data/postgresql.conf"; done
    fi
    as_pg "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/data/server.log" -o "-p $port -k $dir/data" start >/dev/null
    echo "postgres://skep@127.0.0.1:$port/postgres" ;;
  stop) as_pg "$bin/pg_ctl" -D "$dir/data" -m "${3:-fast}" -w stop >/dev/null ;;
  *) usage ;;
esac
