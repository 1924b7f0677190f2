#!/usr/bin/env python3
"""Reads a table through `Plan`: the metastore says which files and row groups can have the rows, DuckDB and PyArrow read
no others, and get just the rows that a scan of all files gives.

    plan_read.py [HOST:PORT]

Needs a server (`cargo run --release -- serve`) and `pip install grpcio grpcio-tools duckdb pyarrow`.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
from urllib.parse import unquote

import duckdb
import grpc
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow.fs import LocalFileSystem

address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:9084"
protos = pathlib.Path(__file__).resolve().parent.parent / "proto"
generated = tempfile.mkdtemp(prefix="skep-proto-")
files = [str(path.relative_to(protos)) for path in protos.glob("skep/**/*.proto")]
protoc = ["-m", "grpc_tools.protoc", f"-I{protos}", f"--python_out={generated}", f"--grpc_python_out={generated}"]
subprocess.run([sys.executable, *protoc, *files], check=True)
sys.path.insert(0, generated)
from skep.admin.v1 import database_pb2, database_pb2_grpc, name_pb2, partition_pb2, partition_pb2_grpc  # noqa: E402
from skep.etl.v1 import plan_pb2, plan_pb2_grpc, registration_pb2, registration_pb2_grpc  # noqa: E402

channel = grpc.insecure_channel(address)
table = name_pb2.TableName(database="plan_read", table="clicks")
lake = tempfile.mkdtemp(prefix="skep-plan-")


def write(folder, name, first, with_bot=True):
    """A file of 4,000 rows in four row groups; `id` ascends, so that each group has a range of its own."""
    os.makedirs(f"{lake}/clicks/{folder}", exist_ok=True)
    ids = range(first, first + 4_000)
    columns = {
        "id": pa.array(ids, pa.int64()),
        "page": pa.array([None if n % 11 == 0 else f"/p/{n // 1_000:05}" for n in ids], pa.string()),
        "ms": pa.array([n % 1_000 / 4 for n in ids], pa.float64()),
    }
    if with_bot:
        columns["bot"] = pa.array([n % 5 == 0 for n in ids], pa.bool_())
    pq.write_table(pa.table(columns), f"{lake}/clicks/{folder}/{name}.parquet", row_group_size=1_000)


def prepare():
    """Two registrations, the second with a column more; then a partition that another client makes."""
    databases = database_pb2_grpc.DatabaseServiceStub(channel)
    databases.DropDatabase(database_pb2.DropDatabaseRequest(name=table.database, cascade=True, if_exists=True))
    databases.CreateDatabase(database_pb2.CreateDatabaseRequest(database=database_pb2.Database(name=table.database)))
    days = ["2026-01-01", "2026-01-02", "__HIVE_DEFAULT_PARTITION__"]
    for batch, with_bot in enumerate([False, True]):
        for place, day in enumerate(days):
            for hour in (0, 12):
                write(f"dt={day}/hour={hour}", f"part-{batch}", batch * 100_000 + place * 20_000 + hour * 500, with_bot)
        register = registration_pb2.RegisterRequest(
            table=table, uris=[f"file:{lake}/clicks/"], create=True, partition_by=["dt", "hour:int"])
        reports = registration_pb2_grpc.RegistrationServiceStub(channel).Register(register)
        report = [message.report for message in reports if message.HasField("report")][-1]
        assert report.outcome == registration_pb2.REGISTER_OUTCOME_REGISTERED, report
    write("dt=2026-01-03/hour=0", "by-others", 300_000)
    partition_pb2_grpc.PartitionServiceStub(channel).AddPartitions(partition_pb2.AddPartitionsRequest(
        table=table, partitions=[partition_pb2.Partition(values=["2026-01-03", "0"])]))


def plan(where, columns):
    """The head, the files with their partitions' values, and the summary."""
    head, found, summary = None, [], None
    request = plan_pb2.PlanRequest(table=table, filter=where, columns=columns)
    for message in plan_pb2_grpc.PlanServiceStub(channel).Plan(request):
        if message.HasField("head"):
            head = message.head
        elif message.HasField("summary"):
            summary = message.summary
        for file in message.batch.files:
            values = message.batch.partitions[file.partition].values
            found.append((tuple(v.value if v.HasField("value") else None for v in values), file))
    assert summary is not None, "the plan broke off"
    return head, found, summary


def path(file):
    return file.uri.removeprefix("file:")


def by_duckdb(head, found, where, columns):
    """A SELECT for each partition, whose values are no part of the files."""
    typed = [*head.columns, *head.partition_keys]
    types = {column.name: column.type.replace("string", "varchar") for column in typed}
    selects = ["SELECT " + ", ".join(f"NULL::{kind} AS {name}" for name, kind in types.items()) + " WHERE false"]
    partitions = {}
    for values, file in found:
        partitions.setdefault(values, []).append(path(file))
    literal = lambda value: "NULL" if value is None else "'" + value.replace("'", "''") + "'"
    for values, paths in partitions.items():
        keys = [f"{literal(value)}::{types[key.name]} AS {key.name}" for key, value in zip(head.partition_keys, values)]
        source = f"read_parquet({paths}, union_by_name=true, hive_partitioning=false)"
        selects.append(f"SELECT *, {', '.join(keys)} FROM {source}")
    return duckdb.sql(f"SELECT {', '.join(columns)} FROM ({' UNION ALL BY NAME '.join(selects)}) WHERE {where}").fetchall()


ARROW = {"bigint": pa.int64(), "int": pa.int32(), "string": pa.string(), "double": pa.float64(), "boolean": pa.bool_()}


def row_groups(metadata, wanted):
    """Numbers of the row groups that begin within the wanted ranges of bytes."""
    def begin(group):
        chunks = [metadata.row_group(group).column(at) for at in range(metadata.num_columns)]
        return min(chunk.dictionary_page_offset or chunk.data_page_offset for chunk in chunks)
    is_wanted = lambda at: any(one.offset <= at < one.offset + one.length for one in wanted)
    return [group for group in range(metadata.num_row_groups) if is_wanted(begin(group))]


def by_pyarrow(head, found, where, columns):
    """A fragment for each file, with the row groups that the plan names, and with its partition's values."""
    schema = pa.schema([(column.name, ARROW[column.type]) for column in [*head.columns, *head.partition_keys]])
    format, fragments = ds.ParquetFileFormat(), []
    for values, file in found:
        of_partition = ds.scalar(True)
        for key, value in zip(head.partition_keys, values):
            field = ds.field(key.name)
            typed = pa.scalar(value).cast(ARROW[key.type]) if value is not None else None
            of_partition = of_partition & (field.is_null() if typed is None else field == typed)
        fragment = format.make_fragment(path(file), LocalFileSystem(), partition_expression=of_partition)
        if file.row_groups:
            fragment = fragment.subset(row_group_ids=row_groups(fragment.metadata, file.row_groups))
        fragments.append(fragment)
    dataset = ds.FileSystemDataset(fragments, schema, format, LocalFileSystem())
    return [tuple(row.values()) for row in dataset.to_table(columns=columns, filter=where).to_pylist()]


def by_full_scan(where, columns):
    """All files, by DuckDB alone, with the values that their paths have."""
    paths = [str(found) for found in pathlib.Path(lake, "clicks").rglob("*.parquet")]
    selects = []
    for file in paths:
        keys = dict(part.split("=", 1) for part in pathlib.Path(file).parts if "=" in part)
        day = "NULL" if keys["dt"] == "__HIVE_DEFAULT_PARTITION__" else f"'{unquote(keys['dt'])}'"
        source = f"read_parquet('{file}', hive_partitioning=false)"
        selects.append(f"SELECT *, {day}::varchar AS dt, {keys['hour']}::int AS hour FROM {source}")
    return duckdb.sql(f"SELECT {', '.join(columns)} FROM ({' UNION ALL BY NAME '.join(selects)}) WHERE {where}").fetchall()


f = ds.field
# As a filter and as SQL, and as PyArrow has it.
QUERIES = [
    ("dt = '2026-01-02'", f("dt") == "2026-01-02"),
    ("dt >= '2026-01-02' and id between 120500 and 121200", (f("dt") >= "2026-01-02") & (f("id") >= 120500) & (f("id") <= 121200)),
    ("hour = 12 and page like '/p/0002%'", (f("hour") == 12) & pa.compute.starts_with(f("page"), "/p/0002")),
    ("bot is null and ms < 1.5", f("bot").is_null() & (f("ms") < 1.5)),
    ("bot = true and page is null", (f("bot") == True) & f("page").is_null()),  # noqa: E712
    ("dt is null and (id < 41000 or id > 147999)", f("dt").is_null() & ((f("id") < 41000) | (f("id") > 147999))),
    ("id = 301234 or (dt = '2026-01-01' and id = 3999)", (f("id") == 301234) | ((f("dt") == "2026-01-01") & (f("id") == 3999))),
    ("id < 0", f("id") < 0),
]
COLUMNS = ["dt", "hour", "id", "page", "ms", "bot"]

prepare()
key = lambda row: tuple((value is None, value) for value in row)
for text, expression in QUERIES:
    head, found, summary = plan(text, COLUMNS)
    wanted = sorted(by_full_scan(text, COLUMNS), key=key)
    for reader, rows in [("DuckDB", by_duckdb(head, found, text, COLUMNS)), ("PyArrow", by_pyarrow(head, found, expression, COLUMNS))]:
        assert sorted(rows, key=key) == wanted, f"{reader}, {text}: {len(rows)} rows, not {len(wanted)}"
    print(f"{len(wanted):5} rows from {summary.files_planned:2} of {summary.files:2} files ({summary.rows:5} rows to look at): {text}")

databases = database_pb2_grpc.DatabaseServiceStub(channel)
databases.DropDatabase(database_pb2.DropDatabaseRequest(name=table.database, cascade=True))
print(f"{len(QUERIES)} passed, 0 failed")
