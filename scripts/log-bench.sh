#!/usr/bin/env bash
# What event logs cost, as Markdown (docs/event-logs.md).
#   scripts/log-bench.sh [PARTITIONS]              calls on a log of so many partitions (10000), on both stores
#   scripts/log-bench.sh --engines [EVENTS KEYS]   the final view over a compacted log against the log alone, read by Spark
#                                                  and Trino: 10000000 events of 1000000 keys
# SERVER names a binary of skep instead of building one. Trino as in scripts/final-view.sh.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
engines=
if [ "${1:-}" = --engines ]; then engines=1; shift; fi
case "$*" in *[!0-9\ ]*) sed -n 2,6p "$0"; exit 2 ;; esac
[ -n "${SERVER:-}" ] || { cargo build --locked --quiet --release --package skep --bin skep; SERVER=$(built skep release); }
export SERVER
need_python
postgres pg shared_buffers=512MB max_wal_size=4GB
conditions
echo
if [ -n "$engines" ]; then
  need_java
  spark=$(venv spark tests/clients/spark/requirements.txt)
  light=$(venv event-logs tests/clients/event_logs/requirements.txt)
  serve engines --store "sqlite:$work/bench.db"
  trino "$uri" "$warehouse"
  PYTHONPATH=$(echo "$spark"/lib/python3*/site-packages):$(echo "$light"/lib/python3*/site-packages)
  export PYTHONPATH SPARK_LOCAL_IP=127.0.0.1 PYSPARK_PYTHON=$spark/bin/python
  mkdir -p "$work/lake"
  "$spark/bin/python" benches/logs/engines.py "$uri" "$api" "$SERVER" "$work/lake" "${1:-10000000}" "${2:-1000000}" ${trino:+"$trino"} 2>"$work/bench.log" ||
    { tail -n 20 "$work/bench.log" >&2; exit 1; }
  exit
fi
python=$(venv register benches/register/requirements.txt)/bin/python
echo "| call, ${1:-10000} partitions | store | median of 7 | worst |"
echo "| --- | --- | --- | --- |"
for store in SQLite Postgres; do
  url=$postgres
  [ "$store" = Postgres ] || url=sqlite:$work/bench.db
  serve "$store" --store "$url"
  mkdir -p "$work/$store.lake"
  "$python" benches/logs/bench.py "$store" "$api" "$work/$store.lake" proto "${1:-10000}"
  end "$server"
done
