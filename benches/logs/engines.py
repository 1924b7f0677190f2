"""How much faster engines read a final view over a compacted log than over the log alone. Prints Markdown.

    engines.py THRIFT_URI API_HOST:PORT SKEP FOLDER EVENTS KEYS [TRINO_HOST:PORT]

The data set: EVENTS events of KEYS keys by a hash of their number, 5 in 100 of them deletions, in a hundred hourly partitions
of Parquet that Spark writes. The compaction folds in all but the newest hour.
"""
import os
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/clients/event_logs"))
from engines import Spark, Trino, spark_session  # noqa: E402
from compact_spark import Skep, compact  # noqa: E402

URI, API, SKEP, FOLDER = sys.argv[1:5]
EVENTS, KEYS = int(sys.argv[5]), int(sys.argv[6])
PARTITIONS, ROUNDS = 100, 5
os.environ["SKEP_ENDPOINT"] = API
QUERIES = {
    "all keys": "SELECT count(*), sum(amount), max(seq) FROM {view}",
    "by group": "SELECT name, count(*), max(amount) FROM {view} GROUP BY name ORDER BY name",
    "one key": f"SELECT seq, op, amount FROM {{view}} WHERE id = {KEYS // 3}",
}


def data(spark):
    each = EVENTS // PARTITIONS
    events = spark.range(EVENTS).selectExpr(
        f"pmod(hash(id), {KEYS}) * CAST(1 AS BIGINT) AS id",
        "CASE WHEN pmod(hash(id, 1), 100) < 5 THEN 'D' ELSE 'U' END AS op",
        "timestamp_micros(1767225600000000 + id * 36000) AS ts",
        "id AS seq",
        "concat('name-', pmod(hash(id, 2), 50)) AS name",
        "CAST(pmod(hash(id, 3), 1000000) / 100 AS DECIMAL(12,2)) AS amount",
        f"date_format(timestamp_seconds(1767225600 + (id div {each}) * 3600), 'yyyy-MM-dd') AS dt",
        f"CAST((id div {each}) % 24 AS INT) AS hour")
    events.repartitionByRange(PARTITIONS, "seq").write.partitionBy("dt", "hour").parquet(f"{FOLDER}/events")


def measure(engine, sql):
    """The median of some, after one that warms up; and what it gave."""
    took, rows = [], engine(sql)
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        assert engine(sql) == rows
        took.append(time.perf_counter() - begin)
    return statistics.median(took), rows


session = spark_session(URI, memory="2g")
skep = Skep([SKEP])
data(session)
size = sum(path.stat().st_size for path in pathlib.Path(FOLDER).rglob("*.parquet"))
skep("databases", "create", "bench")
skep("register", f"file:{FOLDER}/events/", "--table", "bench.events", "--create", "--partition-by", "dt,hour:int")
skep("logs", "create", "bench.events", "--key", "id", "--order", "seq", "--order-is-total", "--operation", "op", "--delete", "D")
engines = [Spark(session)] + ([Trino(sys.argv[7])] if len(sys.argv) > 7 else [])
raw = {(engine.name, what): measure(engine, sql.format(view="bench.events_latest")) for engine in engines for what, sql in QUERIES.items()}
begin = time.perf_counter()
done = compact(session.newSession(), skep, "bench.events", files=4)
took = time.perf_counter() - begin
print(f"{EVENTS:,} events of {KEYS:,} keys, {size / 2**20:,.0f} MiB in {PARTITIONS} partitions; {done['rows']:,} keys in the snapshot, "
      f"which Spark wrote within {took:.0f} s; one partition after the watermark\n")
print("| engine | query | the log alone | compacted | times faster |\n| --- | --- | --- | --- | --- |")
for engine in engines:
    for what, sql in QUERIES.items():
        before, rows = raw[engine.name, what]
        after, same = measure(engine, sql.format(view="bench.events_latest"))
        assert same == rows, (what, same[:3], rows[:3])
        print(f"| {engine.name} | {what} | {before:.2f} s | {after:.2f} s | {before / after:.1f} |", flush=True)
session.stop()
