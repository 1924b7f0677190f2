#!/usr/bin/env bash
# Tries what docs/operations.md says of backup, restore and upgrade: on both stores, amid writes. The unit file is checked
# where systemd is installed.
#   scripts/operations.sh
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
cargo build --locked
need_python
command -v sqlite3 >/dev/null || apt sqlite3
python=$(venv python tests/clients/python/requirements.txt)/bin/python

# lines FILE N: waits until it has that many.
lines() { until [ "$(wc -l <"$1")" -ge "$2" ]; do kill -0 "$writer" || die "the writer ended"; sleep 0.05; done; }

# amid_writes NAME BACKUP...: makes the backup while tables are created; $before has what was acknowledged until it began.
amid_writes() {
  local name=$1
  shift
  : >"$work/$name.written"
  "$python" tests/clients/python/backup.py write "$uri" >"$work/$name.written" &
  writer=$!
  lines "$work/$name.written" 30
  before=$(wc -l <"$work/$name.written")
  "$@"
  lines "$work/$name.written" $(($(wc -l <"$work/$name.written") + 20))
  kill "$writer" && wait "$writer"
  kill "$server" && wait "$server"
}

# holds NAME: the restored store has all that was acknowledged before the backup began, nothing torn, and goes on.
holds() {
  "$python" tests/clients/python/backup.py names "$uri" >"$work/$1.restored"
  local count
  count=$(wc -l <"$work/$1.restored")
  [ "$count" -ge "$before" ] || die "$1: $count tables restored, $before were acknowledged before the backup"
  head -n "$count" "$work/$1.written" | diff - <(head -n "$(wc -l <"$work/$1.written")" "$work/$1.restored") || die "$1: not what was written"
  [ "$count" -lt "$(($(wc -l <"$work/$1.written")))" ] || die "$1: the backup has what was written after it"
  kill "$server" && wait "$server"
  echo "$1: $count tables restored, $before acknowledged before the backup, $(wc -l <"$work/$1.written") in all"
}

sqlite_backup() {
  serve sqlite --store "sqlite:$work/skep.db"
  amid_writes sqlite sqlite3 "$work/skep.db" ".backup '$work/backup.db'"
  cp "$work/backup.db" "$work/skep.db" && rm -f "$work/skep.db-wal" "$work/skep.db-shm"
  "$(skep)" migrate --store "sqlite:$work/skep.db"
  serve sqlite-restored --store "sqlite:$work/skep.db"
  holds sqlite
}

postgres_backup() {
  postgres pg
  local name
  for name in first second; do psql -q "$postgres" -c "create database $name"; done
  serve postgres --store "${postgres%/*}/first"
  amid_writes postgres pg_dump --format=custom --no-owner --file="$work/skep.dump" "${postgres%/*}/first"
  pg_restore --no-owner --exit-on-error --dbname="${postgres%/*}/second" "$work/skep.dump"
  "$(skep)" migrate --store "${postgres%/*}/second"
  serve postgres-restored --store "${postgres%/*}/second"
  holds postgres
}

unit_check() {
  command -v systemd-analyze >/dev/null || { echo "no systemd here"; return; }
  # All it may find is that the binary is not installed.
  ! systemd-analyze verify packaging/skep.service 2>&1 | grep -v 'Command /usr/local/bin/skep is not executable'
}

sqlite_backup
postgres_backup
unit_check
echo "2 passed, 0 failed"
