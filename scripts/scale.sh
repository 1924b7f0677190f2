#!/usr/bin/env bash
# What a server over Postgres costs with a table of very many partitions, as Markdown (docs/performance.md).
#   scripts/scale.sh [--thrift N] [--seconds S] [--debug] [ROWS...]
# ROWS         partitions of the table, 100000; several are measured one after the other
# --thrift N   so many of them are added by calls, 100000; the others by SQL
# --seconds S  how long a short call is repeated, 2
# --debug      the servers that `cargo build` makes: only to see that all of this works
# SERVER names a binary to measure instead of building one. Variables (SKEP_STORE_SINGLE_NODE=true) reach the server.
# Needs Linux (/proc) and psql. KEEP=1 leaves the throw-away folder behind.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
options=() rows=() profile=release build=(--release)
while [ $# -gt 0 ]; do
  case $1 in
    --thrift | --seconds) options+=("$1" "${2:?$1 what?}"); shift 2 ;;
    --debug) profile=debug build=(); shift ;;
    *[!0-9]* | "") sed -n 2,9p "$0"; exit 2 ;;
    *) rows+=("$1"); shift ;;
  esac
done
# The server by itself: what its tests need is no part of it.
server=${SERVER:-$(built skep "$profile")}
[ -n "${SERVER:-}" ] || cargo build --locked --quiet "${build[@]}" --package skep --bin skep
cargo build --locked --quiet "${build[@]}" --package skep-bench --bin skep-scale
driver=$(built skep-scale "$profile")

postgres pg shared_buffers=512MB max_wal_size=4GB
command -v psql >/dev/null || die "psql is missing: install Postgres's client"
conditions
for count in "${rows[@]:-100000}"; do
  psql --quiet "$postgres" --command="create database scale_$count"
  mkdir "$work/$count"
  "$driver" --server "$server" --store "${postgres%/*}/scale_$count" --postmaster "$postmaster" --folder "$work/$count" \
    --rows "$count" "${options[@]}" || { tail -n 20 "$work/$count/server.log" >&2; die "$count partitions: failed"; }
  psql --quiet "$postgres" --command="drop database scale_$count"
  rm -rf "${work:?}/$count"
done
