#!/usr/bin/env bash
# What versions of a large table cost, on SQLite and on Postgres, as Markdown (docs/versions.md): a difference, a
# restoration, and what a new version stores of partitions that it does not change.
#   scripts/versions-bench.sh [PARTITIONS]      of the table, 1000000
# SERVER names a binary of skep instead of building one. KEEP=1 leaves the throw-away folder behind.
set -euo pipefail
partitions=${1:-1000000}
case $partitions in "" | *[!0-9]*) sed -n 2,6p "$0"; exit 2 ;; esac
. "$(dirname "$0")/lib.sh"
cd "$root"
[ -n "${SERVER:-}" ] || { cargo build --locked --quiet --release --package skep --bin skep; SERVER=$(built skep release); }
need_python
python=$(venv register benches/register/requirements.txt)/bin/python
postgres pg shared_buffers=512MB max_wal_size=4GB
conditions
for store in "sqlite:$work/versions.db" "$postgres"; do
  serve "versions-${store%%:*}" --store "$store"
  printf '\n%s\n\n' "${store%%:*}"
  "$python" benches/versions/run.py "$api" "$server" "$partitions" proto "$store"
  end "$server"
done
