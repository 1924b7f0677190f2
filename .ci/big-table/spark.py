"""What Spark reads of it.

    spark.py THRIFT_URI WAREHOUSE_DIR PARTITIONS
"""
import os
import sys
import time

from pyspark.sql import SparkSession

uri, warehouse, count = sys.argv[1], os.path.abspath(sys.argv[2]), int(sys.argv[3])
settings = {
    "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.catalogImplementation": "hive",
    "spark.hadoop.hive.metastore.uris": uri, "spark.sql.warehouse.dir": "file:" + warehouse, "spark.driver.memory": "3g",
    "spark.log.level": "ERROR",
}
builder = SparkSession.builder.master("local[2]").appName("skep")
for key, value in settings.items():
    builder = builder.config(key, value)
spark = builder.enableHiveSupport().getOrCreate()
files = (count + 999) // 1000


def ask(text, want):
    begin = time.monotonic()
    got = [tuple(row) for row in spark.sql(text).collect()]
    got = got if len(got) == 1 else len(got)
    assert got == want, f"{text}: {got}, not {want}"
    print(f"Spark  {time.monotonic() - begin:6.1f} s  {text}")


ask("SHOW PARTITIONS big", count)
ask("SELECT count(*), min(id) FROM big WHERE dt = '2015-01-01'", [(10, 0)])
ask("SELECT count(*), max(id) FROM big", [(10 * files, 1000 * (files - 1) + 9)])
spark.stop()
