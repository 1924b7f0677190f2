#!/usr/bin/env bash
# Reads of a final view while events arrive, compactions commit and the view is rolled back and forth. Every read is held
# against what was acknowledged before it began and asked for before it ended (docs/event-logs.md).
#   scripts/final-view.sh [N]             rows, N reads (1000) by Spark and N by Trino
#   scripts/final-view.sh --metadata [N]  N reads (1000000) over Thrift on each store, rows by a model
# At the end Hive's own driver reads the view once. Trino and Hive are the judges' of CI, at PEER; without them Spark reads alone. SERVER
# names a binary of skep instead of building one.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

if [ "${1:-}" = --metadata ]; then
  [ -n "${SKEP_TEST_POSTGRES:-}" ] || { postgres pg; export SKEP_TEST_POSTGRES=$postgres; }
  SKEP_VIEW_READS=${2:-1000000} long_test etl::final_view
  exit
fi
reads=${1:-1000}
case $reads in "" | *[!0-9]*) sed -n 2,7p "$0"; exit 2 ;; esac
[ -n "${SERVER:-}" ] || { cargo build --locked --quiet --release --package skep --bin skep; SERVER=$(built skep release); }
export SERVER
need_python
need_java
spark=$(venv spark tests/clients/spark/requirements.txt)
light=$(venv event-logs tests/clients/event_logs/requirements.txt)
serve final-view --store "sqlite:$work/final-view.db"
trino "$uri" "$warehouse"
PYTHONPATH=$(echo "$spark"/lib/python3*/site-packages):$(echo "$light"/lib/python3*/site-packages)
export PYTHONPATH PYTHONUNBUFFERED=1 SPARK_LOCAL_IP=127.0.0.1 PYSPARK_PYTHON=$spark/bin/python
hive=${PEER:-$root/../shared/peer}/engines/hive/hive.sh
[ -x "$hive" ] && command -v mvn >/dev/null || hive=
HIVE_DRIVER=$hive "$spark/bin/python" tests/clients/event_logs/reads.py "$uri" "$api" "$SERVER" "$reads" ${trino:+"$trino"} 2>"$work/reads.log" ||
  { status=$?; tail -n 20 "$work/reads.log" >&2; exit $status; }
