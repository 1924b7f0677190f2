#!/usr/bin/env bash
# Every test of this repository, on a machine that has Rust; the rest is fetched by apt and pip.
#   scripts/test.sh          all
#   scripts/test.sh quick    without the real clients (Python, Spark)
# KEEP=1 leaves the throw-away folder (servers' logs, warehouses) behind.
set -euo pipefail
case "${1:-}" in "" | quick) ;; *) sed -n 2,5p "$0"; exit 2 ;; esac
. "$(dirname "$0")/lib.sh"
cd "$root"
command -v cargo >/dev/null || die "needs Rust: https://rustup.rs"
command -v cc >/dev/null || apt gcc libc6-dev

step format cargo fmt --all --check
step "format of compact" cargo fmt --manifest-path compact/Cargo.toml --check
step lint cargo clippy --workspace --all-targets --all-features --locked -- -D warnings
if command -v cargo-deny >/dev/null; then
  deny=(bans licenses sources)
  # The list of advisories is on GitHub, which not every machine sees.
  if timeout 60 cargo deny fetch db >"$work/deny.log" 2>&1; then deny+=(advisories)
  else echo "-- without advisories: their list cannot be fetched"; fi
  step dependencies cargo deny --locked --log-level error check "${deny[@]}"
  step "dependencies of compact" cargo deny --locked --log-level error --manifest-path compact/Cargo.toml check "${deny[@]}"
fi

postgres pg
export SKEP_TEST_POSTGRES=$postgres
need_python
lake=$(venv lake tests/clients/lake/requirements.txt)
step "Parquet files of pyarrow" "$lake/bin/python" scripts/lake-samples.py "$work/lake"
export SKEP_TEST_LAKE_SAMPLES=$work/lake
step tests cargo test --workspace --all-features --locked --no-fail-fast

if [ "${1:-}" != quick ]; then
  need_java
  python=$(venv python tests/clients/python/requirements.txt)
  spark=$(venv spark tests/clients/spark/requirements.txt)
  serve sqlite --store "sqlite:$work/sqlite.db"
  grpc=$(venv grpc tests/clients/grpc/requirements.txt)
  step "gRPC from Python" "$grpc/bin/python" tests/clients/grpc/run.py "$api" proto
  plan=$(venv plan tests/clients/plan/requirements.txt)
  step "a table read through Plan by DuckDB and PyArrow" "$plan/bin/python" examples/plan_read.py "$api"
  step "Python clients, SQLite" "$python/bin/python" tests/clients/python/run.py "$uri" "$warehouse"
  step "Spark, SQLite" env SPARK_LOCAL_IP=127.0.0.1 PYSPARK_PYTHON="$spark/bin/python" "$spark/bin/python" tests/clients/spark/run.py "$uri" "$warehouse" "$(skep)" "$api"
  step "an ETL job on Spark, registered" env SPARK_LOCAL_IP=127.0.0.1 SKEP_ENDPOINT="$api" PYSPARK_PYTHON="$spark/bin/python" "$spark/bin/python" examples/spark_etl.py "$uri" "$(skep)"
  step "an event log on Spark" env SPARK_LOCAL_IP=127.0.0.1 PYSPARK_PYTHON="$spark/bin/python" "$spark/bin/python" tests/clients/event_logs/run.py "$uri" "$api" "$(skep)"
  serve postgres --store "$postgres"
  step "Python clients, Postgres" "$python/bin/python" tests/clients/python/run.py "$uri" "$warehouse"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
