"""MSCK REPAIR of the same tree by Spark, through Thrift: a row of Markdown.

    msck.py STORE THRIFT_URI FOLDER WAREHOUSE
"""
import sys
import time

from pyspark.sql import SparkSession

store, uri, folder, warehouse = sys.argv[1:5]
spark = (
    SparkSession.builder.master("local[*]")
    .config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false")
    .config("spark.log.level", "ERROR")
    .config("spark.driver.memory", "2g")
    .config("spark.sql.warehouse.dir", "file:" + warehouse)
    .config("spark.hadoop.hive.metastore.uris", uri)
    .enableHiveSupport()
    .getOrCreate()
)
spark.sql("CREATE DATABASE IF NOT EXISTS bench")
spark.sql(
    "CREATE EXTERNAL TABLE bench.msck (id BIGINT, at TIMESTAMP, page STRING, price DOUBLE, country STRING) "
    f"PARTITIONED BY (dt STRING, hour INT) STORED AS PARQUET LOCATION 'file:{folder}/tree'"
)
begin = time.perf_counter()
spark.sql("MSCK REPAIR TABLE bench.msck")
took = time.perf_counter() - begin
found = spark.sql("SHOW PARTITIONS bench.msck").count()
print(f"| Spark's MSCK REPAIR of it ({found:,} partitions; no footers, no statistics) | {store} | {took:.2f} s | "
      f"{found / took:,.0f} partitions/s | |")
