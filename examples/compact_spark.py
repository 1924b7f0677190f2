#!/usr/bin/env python3
"""Compacts an event log on Spark: what came since the last snapshot is reduced to the latest event of every key and becomes
the next snapshot. Any engine can do it: begin says which rows to write and where, commit looks at the files and shows them.

    compact_spark.py LOG [THRIFT_URI [SKEP...]]

Needs a server, pyspark, and the `skep` command, which talks to the server's gRPC port (SKEP_ENDPOINT). It may be killed at any
time: the final view shows what it showed before, and when the lease is over the next run begins anew.
"""
import json
import os
import subprocess
import sys
import threading

TTL_MS = 60_000


class Skep:
    """The command line, as JSON."""

    def __init__(self, command):
        self.command = command

    def __call__(self, *arguments):
        done = subprocess.run([*self.command, *arguments, "--output", "json"], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return json.loads(done.stdout) if done.stdout else None


class Lease:
    """Says that we are alive until the work is done; notes if somebody took over."""

    def __init__(self, skep, log, token):
        self.beat = lambda: skep("compaction", "heartbeat", log, "--token", token, "--ttl-ms", str(TTL_MS))
        self.lost, self.over = None, threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.over.wait(TTL_MS / 3000):
            try:
                self.beat()
            except RuntimeError as error:  # the commit will say no, too
                self.lost = error
                return

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def compact(spark, skep, log, *options, files=1):
    """One compaction. Gives the snapshot, or None where there was nothing to do."""
    work = skep("compaction", "begin", log, "--holder", f"Spark {spark.sparkContext.applicationId}",
                "--ttl-ms", str(TTL_MS), *options)
    if work["token"] is None:
        return None
    token = str(work["token"])
    try:
        with Lease(skep, log, token) as lease:
            spark.catalog.refreshTable(log)
            keys = skep("logs", "show", log)["keys"]
            rows = spark.sql(work["hive_query"])
            # By ranges of keys, so that the footers' bounds tell files apart.
            rows.repartitionByRange(files, *keys).sortWithinPartitions(*keys).write.parquet(work["location"])
            if lease.lost:
                raise lease.lost
            return skep("compaction", "commit", log, "--token", token)
    except BaseException as error:
        try:
            skep("compaction", "abort", log, "--token", token, "--reason", str(error)[:500])
        except RuntimeError:
            pass  # overtaken: nothing of ours is left to be given up
        raise


if __name__ == "__main__":
    from pyspark.sql import SparkSession

    log = sys.argv[1]
    uri = sys.argv[2] if len(sys.argv) > 2 else "thrift://127.0.0.1:9083"
    spark = (
        SparkSession.builder.master(os.environ.get("SPARK_MASTER", "local[2]"))
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")  # with bounds, and read by all engines
        .config("spark.hadoop.hive.metastore.uris", uri)
        .enableHiveSupport()
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    done = compact(spark, Skep(sys.argv[3:] or ["cargo", "run", "--release", "--quiet", "--"]), log)
    print("nothing to compact" if done is None else f"{done['snapshot']}: {done['rows']} rows, up to {'/'.join(done['watermark'])}")
