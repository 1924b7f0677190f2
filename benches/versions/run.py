"""Measures versions of a table of so many partitions, which lie nowhere: differences, restorations, what is stored.

    run.py HOST:PORT PROCESS PARTITIONS PROTO_DIR STORE

Prints Markdown. PROCESS is the server's, whose memory is read from /proc. STORE is looked into for its size.
"""
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import grpc

address, process, count, protos, store = sys.argv[1], sys.argv[2], int(sys.argv[3]), pathlib.Path(sys.argv[4]).resolve(), sys.argv[5]
out = tempfile.mkdtemp()
files = [str(path.relative_to(protos)) for path in protos.glob("skep/**/*.proto")]
protoc = ["-m", "grpc_tools.protoc", f"-I{protos}", f"--python_out={out}", f"--grpc_python_out={out}"]
subprocess.run([sys.executable, *protoc, *files], check=True)
sys.path.insert(0, out)
from skep.admin.v1 import database_pb2, database_pb2_grpc, name_pb2, partition_pb2 as pp, partition_pb2_grpc  # noqa: E402
from skep.admin.v1 import storage_pb2 as sp, table_pb2 as tp, table_pb2_grpc, version_pb2 as vp, version_pb2_grpc  # noqa: E402

BATCH = 20_000
channel = grpc.insecure_channel(address, options=[("grpc.max_receive_message_length", -1)])
tables = table_pb2_grpc.TableServiceStub(channel)
partitions = partition_pb2_grpc.PartitionServiceStub(channel)
versions = version_pb2_grpc.VersionServiceStub(channel)
name = name_pb2.TableName(database="bench", table="t")


def memory(what):
    """MiB."""
    for line in open(f"/proc/{process}/status"):
        if line.startswith(what):
            return int(line.split()[1]) // 1024


def ask(sql):
    """One number of the store."""
    if store.startswith("sqlite:"):
        with sqlite3.connect(f"file:{store[7:]}?mode=ro", uri=True, timeout=60) as base:
            return base.execute(sql).fetchone()[0]
    return int(subprocess.run(["psql", "-qAt", store, "-c", sql], check=True, capture_output=True, text=True).stdout)


def size():
    """Bytes of partitions and their indexes; in SQLite of all."""
    if store.startswith("sqlite:"):
        return ask("select page_count * page_size from pragma_page_count, pragma_page_size")
    return ask("select pg_total_relation_size('partition') + pg_total_relation_size('table_shape') + pg_total_relation_size('file')")


def partition(at, **more):
    day, hour = divmod(at, 24)
    return pp.Partition(values=[f"2{day:05}", f"{hour:02}"], parameters={"numRows": "1000000", "numFiles": "4", "totalSize": "123456789"} | more)


def label(at):
    day, hour = divmod(at, 24)
    return f"dt=2{day:05}/hour={hour:02}"


def current():
    return tables.GetTable(tp.GetTableRequest(name=name)).table


def add(numbers, **more):
    numbers = list(numbers)
    for first in range(0, len(numbers), BATCH):
        partitions.AddPartitions(pp.AddPartitionsRequest(table=name, partitions=[partition(at, **more) for at in numbers[first:first + BATCH]]))


def drop(numbers):
    partitions.DropPartitions(pp.DropPartitionsRequest(table=name, names=[label(at) for at in numbers]))


def timed(work, times=1):
    """Seconds, the middle of so many; and what came last."""
    all_seconds, last = [], None
    for _ in range(times):
        begin = time.monotonic()
        last = work()
        all_seconds.append(time.monotonic() - begin)
    return statistics.median(all_seconds), last


def diff(since, until):
    told = [message.partitions for message in versions.DiffVersions(vp.DiffVersionsRequest(table=name, **{"from": since, "to": until})) if message.HasField("partitions")]
    return sum(len(one.went) for one in told), sum(len(one.came) for one in told)


def restore(version):
    done = versions.RestoreVersion(vp.RestoreVersionRequest(table=name, as_of=name_pb2.AsOf(version=version), skip_files=True))
    assert done.outcome == vp.RESTORE_OUTCOME_RESTORED, done
    return done.came.count, done.went.count, done.changed.count


def row(what, seconds, of):
    print(f"| {what} | {seconds * 1000:,.0f} ms | {of} |", flush=True)


def main():
    database_pb2_grpc.DatabaseServiceStub(channel).CreateDatabase(database_pb2.CreateDatabaseRequest(database=database_pb2.Database(name="bench")))
    column = lambda name, kind: sp.Column(name=name, type=kind)
    serde = sp.Serde(library="org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe")
    storage = sp.Storage(location="hdfs://nowhere/bench", serde=serde, columns=sp.ColumnList(columns=[column("id", "bigint"), column("at", "timestamp")]))
    tables.CreateTable(tp.CreateTableRequest(table=tp.Table(
        name=name, table_type=tp.TABLE_TYPE_EXTERNAL, parameters={"EXTERNAL": "TRUE"}, storage=storage,
        partition_keys=[column("dt", "string"), column("hour", "string")])))
    print("| what | time | of |\n| --- | --- | --- |")
    seconds, _ = timed(lambda: add(range(count)))
    row("adding the partitions", seconds, f"{count:,}, in batches of {BATCH:,}")
    whole = current().version

    # A job that goes wrong: 500 go, 500 come, 500 are others.
    drop(range(500))
    add(range(count, count + 500))
    drop(range(500, 1000))
    add(range(500, 1000), bad="yes")
    bad = current().version
    seconds, told = timed(lambda: diff(whole, bad), 9)
    assert told == (1000, 1000), told
    row("`versions diff` of a job", seconds, f"{told[0]:,} went, {told[1]:,} came")
    seconds, told = timed(lambda: restore(whole))
    assert told == (500, 500, 500), told
    row("`versions restore` of it", seconds, f"{told[0]} came back, {told[1]} went, {told[2]} were others")
    seconds, told = timed(lambda: diff(bad, 0), 9)
    row("`versions diff` of that", seconds, f"{told[0]:,} went, {told[1]:,} came")
    seconds, told = timed(lambda: diff(0, 0), 3)
    assert told == (0, count), told
    row("`versions diff` of all of it (from 0)", seconds, f"{told[1]:,} came")

    many = min(count, 100_000)
    before = current().version
    drop(range(many))
    base = memory("VmRSS")
    seconds, told = timed(lambda: restore(before))
    assert told[0] == many, told
    row("`versions restore`", seconds, f"{told[0]:,} came back; memory {base} MiB before, {memory('VmHWM')} MiB at most")

    rows, total, table = ask("select count(*) from partition"), size(), current()
    for at in range(100):
        table.parameters["round"] = str(at)
        tables.AlterTable(tp.AlterTableRequest(name=name, table=table))
    grown, more = size() - total, ask("select count(*) from partition") - rows
    told = (f"the file grew by {grown:,} bytes, {grown // 100:,} for each version's entry in the log, however many partitions there are"
            if store.startswith("sqlite:") else f"{grown:,} bytes more in partitions, their shapes and files")
    print(f"\n100 new versions that change no partition: {more} partition rows more, {told}.")


main()
