#!/usr/bin/env bash
# How fast a server plans scans over very many files, on SQLite and on Postgres, as Markdown.
#   scripts/plan-bench.sh [FILES]      files of the table, 1000000
# SERVER names a binary of skep instead of building one. KEEP=1 leaves the throw-away folder behind.
set -euo pipefail
files=${1:-1000000}
case $files in "" | *[!0-9]*) sed -n 2,4p "$0"; exit 2 ;; esac
. "$(dirname "$0")/lib.sh"
cd "$root"
[ -n "${SERVER:-}" ] || { cargo build --locked --quiet --release --package skep --bin skep; SERVER=$(built skep release); }
need_python
plan=$(venv plan tests/clients/plan/requirements.txt)
postgres pg shared_buffers=512MB max_wal_size=4GB
conditions
for store in "sqlite:$work/plan.db" "$postgres"; do
  serve "plan-${store%%:*}" --store "$store"
  printf '\n%s\n\n' "${store%%:*}"
  "$plan/bin/python" tests/clients/plan/bench.py "$api" "$server" "$files" proto
  end "$server"
done
