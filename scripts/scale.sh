#!/usr/bin/env bash
# What a server over Postgres costs with a table of very many partitions, as Markdown (docs/performance.md).
#   scripts/scale.sh [--thrift N] [--seconds S] [ROWS...]
# ROWS         partitions of the table, 100000; several are measured one after the other
# --thrift N   so many of them are added by calls, 100000; the others by SQL
# --seconds S  how long a short call is repeated, 2
# SERVER and DRIVER name binaries of skep and skep-scale instead of building them. Variables (SKEP_STORE_SINGLE_NODE=true)
# reach the server. Needs Linux (/proc). KEEP=1 leaves the throw-away folder behind.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
options=() rows=()
while [ $# -gt 0 ]; do
  case $1 in
    --thrift | --seconds) options+=("$1" "${2:?$1 what?}"); shift 2 ;;
    *[!0-9]* | "") sed -n 2,8p "$0"; exit 2 ;;
    *) rows+=("$1"); shift ;;
  esac
done
# Each by itself: what the server's tests need is no part of it.
[ -n "${SERVER:-}" ] || { cargo build --locked --quiet --release --package skep --bin skep; SERVER=$(built skep release); }
[ -n "${DRIVER:-}" ] || { cargo build --locked --quiet --release --package skep-bench --bin skep-scale; DRIVER=$(built skep-scale release); }
SERVER=$(realpath "$SERVER") # it is started in another folder

postgres pg shared_buffers=512MB max_wal_size=4GB
command -v psql >/dev/null || die "psql is missing: install Postgres's client"
conditions
for count in "${rows[@]:-100000}"; do
  psql --quiet "$postgres" --command="create database scale_$count"
  mkdir "$work/$count"
  "$DRIVER" --server "$SERVER" --store "${postgres%/*}/scale_$count" --postmaster "$postmaster" --folder "$work/$count" \
    --rows "$count" "${options[@]}" || { tail -n 20 "$work/$count/server.log" >&2; die "$count partitions: failed"; }
  psql --quiet "$postgres" --command="drop database scale_$count"
  rm -rf "${work:?}/$count"
done
