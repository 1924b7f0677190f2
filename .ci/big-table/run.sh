#!/usr/bin/env bash
# A table of very many partitions, read by Spark, by Trino and by a Java client: by hand, ten minutes for 200,000.
#   .ci/big-table/run.sh [PARTITIONS]
# PEER names another place of the judges; SERVER a binary to try instead of building one.
set -euo pipefail
. "$(dirname "$0")/../../scripts/lib.sh"
cd "$root"
peer=${PEER:-$root/../shared/peer} count=${1:-200000}
[ -n "${SERVER:-}" ] || { cargo build --locked --quiet --release --package skep --bin skep; SERVER=$(built skep release); }
export SERVER PEER=$peer
need_java
need_python
postgres pg shared_buffers=512MB max_wal_size=4GB
serve big --store "$postgres"

python=$(venv big .ci/big-table/requirements.txt)/bin/python
"$python" .ci/big-table/make.py "$uri" "$warehouse" "$count"

spark=$(venv spark tests/clients/spark/requirements.txt)/bin/python
SPARK_LOCAL_IP=127.0.0.1 PYSPARK_PYTHON=$spark "$spark" .ci/big-table/spark.py "$uri" "$warehouse" "$count" 2>"$work/spark.log" ||
  { tail -n 20 "$work/spark.log" >&2; die "Spark failed"; }

port=$(free_port)
"$peer/engines/trino/start-trino.sh" "$uri" "$warehouse" "$port" "$work/trino" >"$work/trino.log" 2>&1 & trino=$!
until curl -s -m 2 "127.0.0.1:$port/v1/info" | grep -q '"starting":false'; do
  kill -0 "$trino" 2>/dev/null || { tail -n 20 "$work/trino.log" >&2; die "Trino did not start"; }
  sleep 0.5
done
python3 .ci/big-table/trino.py "127.0.0.1:$port" "$count"
kill "$trino" && wait "$trino" || true

"$peer/bench/bench.sh" "$uri" --label java --out "$work/java.tsv" --n "$count" --pid "$server" --root "file:$work/java" >"$work/java.log" 2>&1 ||
  { tail -n 20 "$work/java.log" >&2; die "the Java client failed"; }
grep "^.*get_partitions_all\|get_partition_names_all" "$work/java.tsv" | sed 's/^/Java  /'
