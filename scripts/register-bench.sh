#!/usr/bin/env bash
# What registration costs, as Markdown (docs/registration.md): files below a prefix, files of one job, files whose facts
# the job tells, and MSCK REPAIR by Spark and by Hive (the judges' driver, at PEER) on the same tree, on both stores.
#   scripts/register-bench.sh [--known N] [PARTITIONS [FILES]]
# PARTITIONS   of the tree, 10000
# FILES        in each, 10
# --known N    partitions of which the job tells all, 20000
# SERVER names a binary of skep instead of building one; NO_SPARK=1 leaves Spark's MSCK REPAIR out, NO_HIVE=1 Hive's. Needs Linux (/proc).
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
known=20000
if [ "${1:-}" = --known ]; then known=${2:?--known what?}; shift 2; fi
case "$*" in *[!0-9\ ]*) sed -n 2,9p "$0"; exit 2 ;; esac
[ -n "${SERVER:-}" ] || { cargo build --locked --quiet --release --package skep --bin skep; SERVER=$(built skep release); }
export SERVER
need_python
python=$(venv register benches/register/requirements.txt)/bin/python
if [ -z "${NO_SPARK:-}" ]; then need_java; spark=$(venv spark tests/clients/spark/requirements.txt)/bin/python; fi

hive=${PEER:-$root/../shared/peer}/engines/hive/hive.sh
[ -z "${NO_HIVE:-}" ] && [ -x "$hive" ] && command -v mvn >/dev/null || hive=

# hive_msck STORE: the same by Hive's driver, which tells how long its statement took.
hive_msck() {
  local out=$work/hive-$1.log took
  "$hive" "$uri" "$warehouse" "$work/hive-$1" -e "create database if not exists bench; create external table bench.msck_hive
    (id bigint, \`at\` timestamp, page string, price double, country string) partitioned by (dt string, hour int)
    stored as parquet location 'file:$work/lake/tree'; msck repair table bench.msck_hive; show partitions bench.msck_hive;" >"$out" 2>&1 </dev/null ||
    { tail -n 20 "$out" >&2; die "Hive's MSCK REPAIR failed"; }
  [ "$(grep -c '^dt=' "$out")" = "$partitions" ] || die "Hive's MSCK REPAIR did not find all partitions"
  took=$(sed -n 's/^Time taken: \([0-9.]*\) seconds.*/\1/p' "$out" | tail -n 2 | head -n 1)
  echo "| Hive's MSCK REPAIR of it (no footers, no statistics) | $1 | $took s | $(awk -v n="$partitions" -v s="$took" 'BEGIN { printf "%d", n / s }') partitions/s | |"
}

partitions=${1:-10000}
"$python" benches/register/make.py "$work/lake" "$partitions" "${2:-10}"
postgres pg shared_buffers=512MB max_wal_size=4GB
conditions
echo
echo "| what | store | time | rate | server's memory, at most |"
echo "| --- | --- | --- | --- | --- |"
for store in SQLite Postgres; do
  url=$postgres
  [ "$store" = Postgres ] || url=sqlite:$work/bench.db
  serve "$store" --store "$url"
  "$python" benches/register/run.py "$store" "$SERVER" "$api" "$server" "$work/lake" proto "$known"
  [ -n "${NO_SPARK:-}" ] ||
    SPARK_LOCAL_IP=127.0.0.1 PYSPARK_PYTHON=$spark "$spark" benches/register/msck.py "$store" "$uri" "$work/lake" "$warehouse" 2>"$work/msck.log" ||
    { tail -n 20 "$work/msck.log" >&2; die "MSCK REPAIR failed"; }
  [ -z "$hive" ] || hive_msck "$store"
  kill "$server" && wait "$server" || true
done
