#!/usr/bin/env python3
"""An ETL job: raw JSON lines, as a stream's delivery leaves them, become clean Parquet; `skep register` makes that a table.

    spark_etl.py [THRIFT_URI [SKEP...]]

Needs a server (`cargo run --release -- serve`), pyspark, and the `skep` command, which talks to the server's gRPC port
(SKEP_ENDPOINT). The job itself writes files and nothing else: no reader sees them before they are registered, all at once.
"""
import json
import os
import subprocess
import sys
import tempfile

from pyspark.sql import SparkSession, functions as F

uri = sys.argv[1] if len(sys.argv) > 1 else "thrift://127.0.0.1:9083"
skep = sys.argv[2:] or ["cargo", "run", "--release", "--quiet", "--"]
lake = tempfile.mkdtemp(prefix="skep-etl-")

# What a delivery stream leaves: folders by hour of arrival, lines of JSON, some of them broken.
for day in ("01", "02"):
    for hour in ("00", "12"):
        folder = f"{lake}/raw/2026/01/{day}/{hour}"
        os.makedirs(folder)
        with open(f"{folder}/clicks-1.json", "w") as lines:
            for n in range(100):
                at = f"2026-01-{day}T{hour}:{n % 60:02}:00Z"
                lines.write(json.dumps({"user": f"u{n % 7}", "page": f"/p/{n % 5}", "at": at, "ms": n}) + "\n")
            lines.write('{"user": "broken\n')

spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.hadoop.hive.metastore.uris", uri)
    .enableHiveSupport()
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")


def register(*arguments):
    """One call: footers are read, checked against the table, and published in one commit."""
    command = [*skep, "register", f"file:{lake}/clicks/", "--table", "etl.clicks", *arguments]
    print("$ skep", *command[len(skep):], flush=True)
    subprocess.run(command, check=True)


raw = spark.read.schema("user STRING, page STRING, at TIMESTAMP, ms BIGINT").json(f"{lake}/raw/*/*/*/*")
clean = raw.where("user IS NOT NULL AND at IS NOT NULL").withColumns(
    {"dt": F.date_format("at", "yyyy-MM-dd"), "hour": F.hour("at")}
)
spark.sql("CREATE DATABASE IF NOT EXISTS etl")
spark.sql("DROP TABLE IF EXISTS etl.clicks")
clean.where("dt = '2026-01-01'").write.partitionBy("dt", "hour").parquet(f"{lake}/clicks")
register("--create", "--partition-by", "dt,hour:int")
# The next day, with a column more: it is added to the table.
later = clean.where("dt = '2026-01-02'").withColumn("bot", F.col("user") == "u3")
later.write.mode("append").partitionBy("dt", "hour").parquet(f"{lake}/clicks")
register()

spark.catalog.refreshTable("etl.clicks")
spark.sql("SELECT dt, hour, count(*) AS clicks, count(bot) AS known FROM etl.clicks GROUP BY dt, hour ORDER BY 1, 2").show()
rows = [tuple(row) for row in spark.sql("SELECT dt, count(*), count(bot) FROM etl.clicks GROUP BY dt ORDER BY 1").collect()]
assert rows == [("2026-01-01", 200, 0), ("2026-01-02", 200, 200)], rows
detail = {row[0]: row[1] for row in spark.sql("DESCRIBE EXTENDED etl.clicks PARTITION (dt='2026-01-02', hour=12)").collect()}
assert "100 rows" in detail["Partition Statistics"], detail
print("Partition Statistics:", detail["Partition Statistics"])
