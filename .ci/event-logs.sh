#!/usr/bin/env bash
# The final view of an event log in Trino beside Spark: a Trino of its own, then tests/clients/event_logs/run.py with it; a
# hundredth of the reads of scripts/final-view.sh; views of `skep views create`; all of it in Hive's own driver, too.
#   event-logs.sh THRIFT_URI API_HOST:PORT SKEP WAREHOUSE [35|41]
# The snapshots of Spark, Trino and skep-compact are compared there; skep-compact is built for it, unless SKEP_COMPACT names it.
# PEER names the place of the judges; TRINO_AT=HOST:PORT takes a Trino that runs.
here=$(cd "$(dirname "$0")" && pwd)
peer=${PEER:-$here/../../shared/peer}
. "$peer/engines/lib.sh"
. "$peer/engines/versions.sh"
uri=$1 api=$2 skep=$3 warehouse=$4 which=${5:-41}
case $which in 35) version=$SPARK35 ;; 41) version=$SPARK41 ;; *) echo "no such Spark: $which" >&2; exit 2 ;; esac
spark=$(venv "spark$which" "pyspark==$version" setuptools) || exit 1
light=$(venv light trino "pyiceberg[hive,pyarrow,sql-sqlite]" pymetastore hmsclient duckdb) || exit 1
if [ -z "${TRINO_AT:-}" ]; then
  port=${TRINO_PORT:-18481} tmp=$(mktemp -d)
  "$peer/engines/trino/start-trino.sh" "$uri" "$warehouse" "$port" "$tmp" >"$tmp/log" 2>&1 & trino=$!
  trap 'kill $trino 2>/dev/null; wait $trino 2>/dev/null; rm -rf "$tmp"' EXIT
  TRINO_AT=127.0.0.1:$port
fi
if [ -z "${SKEP_COMPACT:-}" ]; then
  # A build of its own: debug, and without what it takes to look into it, for it is large.
  target=${CARGO_TARGET_DIR:-$here/../target}/compact
  CARGO_PROFILE_DEV_DEBUG=0 cargo build --locked --quiet --manifest-path "$here/../compact/Cargo.toml" --target-dir "$target" || exit 1
  SKEP_COMPACT=$target/debug/skep-compact
fi
export SKEP_COMPACT
for _ in $(seq 1 1200); do
  curl -s -m 2 "$TRINO_AT/v1/info" | grep -q '"starting":false' && break
  [ -z "${trino:-}" ] || kill -0 "$trino" 2>/dev/null || { tail -20 "$tmp/log"; exit 1; }
  sleep 0.5
done
export JAVA_HOME SPARK_LOCAL_IP=127.0.0.1 PYSPARK_PYTHON="$spark/bin/python" PYTHONUNBUFFERED=1
JAVA_HOME=$(jdk 17)
PYTHONPATH="$(echo "$spark"/lib/python3*/site-packages):$(echo "$light"/lib/python3*/site-packages)"
export PYTHONPATH
status=0
"$spark/bin/python" "$here/../tests/clients/event_logs/run.py" "$uri" "$api" "$skep" "$TRINO_AT" || status=1
HIVE_DRIVER=$peer/engines/hive/hive.sh "$spark/bin/python" "$here/../tests/clients/event_logs/reads.py" "$uri" "$api" "$skep" 10 "$TRINO_AT" || status=1
HIVE_DRIVER=$peer/engines/hive/hive.sh "$spark/bin/python" "$here/../tests/clients/event_logs/views.py" "$uri" "$api" "$skep" "$TRINO_AT" || status=1
exit $status
