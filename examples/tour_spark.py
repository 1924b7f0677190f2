"""The README's tour: raw events to partitioned Parquet through Spark, with Skep as the metastore."""
import os

from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.appName("tour").master("local[2]").enableHiveSupport()
    .config("spark.hadoop.hive.metastore.uris", os.environ.get("SKEP", "thrift://localhost:9083"))
    .config("spark.sql.warehouse.dir", os.path.abspath(os.environ.get("WAREHOUSE", "skep-data/warehouse")))
    .config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "2")
    .config("spark.hadoop.hive.exec.dynamic.partition.mode", "nonstrict")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("OFF")
spark.sql("create database if not exists lake")
spark.sql("drop table if exists lake.clicks")
spark.sql("create table lake.clicks (user string, page string) partitioned by (dt string, hour int) stored as parquet")
rows = [(f"u{n % 7}", f"/p{n % 3}", f"2026-01-{1 + n % 3:02}", n % 24) for n in range(720)]
spark.createDataFrame(rows, "user string, page string, dt string, hour int").write.insertInto("lake.clicks")
spark.sql("show partitions lake.clicks").show(3, truncate=False)
spark.sql("select dt, count(*) clicks, count(distinct user) users from lake.clicks "
          "where dt >= '2026-01-02' and hour < 12 group by dt order by dt").show()
