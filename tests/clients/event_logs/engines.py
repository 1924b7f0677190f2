"""Engines that read a final view, as both scripts here use them: what a query gives, as tuples."""
import os
import pathlib
import subprocess
import sys
import time

os.environ["TZ"] = "UTC"
time.tzset()
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "examples"))


def spark_session(uri, memory="1g"):
    from pyspark.sql import SparkSession
    settings = {
        "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.shuffle.partitions": "2",
        "spark.hadoop.hive.metastore.uris": uri, "spark.sql.session.timeZone": "UTC", "spark.driver.memory": memory,
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS", "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master("local[2]").appName("final view")
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.enableHiveSupport().getOrCreate()


class Spark:
    """A session of its own: what another one did is not known to it."""
    name = "Spark"

    def __init__(self, session):
        self.session = session.newSession()

    def __call__(self, sql):
        return [tuple(row) for row in self.session.sql(sql).collect()]


class Hive:
    """Hive's own driver, a process for each query: hive.sh THRIFT_URI WAREHOUSE SCRATCH -S -e SQL."""
    name = "Hive"

    def __init__(self, command, uri, folder):
        self.command = [command, uri, f"{folder}/hive-warehouse", f"{folder}/hive-scratch", "-S", "-e"]
        os.makedirs(f"{folder}/hive-warehouse")

    def __call__(self, sql):
        env = {**os.environ, "LC_ALL": "C.UTF-8", "JAVA_TOOL_OPTIONS": "-Dfile.encoding=UTF-8"}
        done = subprocess.run([*self.command, sql], capture_output=True, encoding="utf-8", timeout=300, env=env)
        if done.returncode != 0:
            raise RuntimeError(done.stderr[-2000:])
        noise = ("Hive Session ID", "WARN", "SLF4J")
        lines = [line for line in done.stdout.split("\n") if line.strip() and not line.startswith(noise)]
        return [tuple(line.split("\t")) for line in lines]


class Trino:
    name = "Trino"

    def __init__(self, address, catalog="hive"):
        import trino.dbapi
        host, port = address.split(":")
        self.connection = trino.dbapi.connect(host=host, port=int(port), user="admin", catalog=catalog)

    def __call__(self, sql):
        cursor = self.connection.cursor()
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()]
