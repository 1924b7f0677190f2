"""Measures Plan: a table of so many files, whose facts the job tells (none is opened), then plans of it.

    bench.py HOST:PORT PROCESS FILES PROTO_DIR

Prints Markdown. PROCESS is the server's, whose memory is read from /proc.
"""
import pathlib
import subprocess
import sys
import tempfile
import time

import grpc

address, process, count, protos = sys.argv[1], sys.argv[2], int(sys.argv[3]), pathlib.Path(sys.argv[4]).resolve()
out = tempfile.mkdtemp()
files = [str(path.relative_to(protos)) for path in protos.glob("skep/**/*.proto")]
protoc = ["-m", "grpc_tools.protoc", f"-I{protos}", f"--python_out={out}", f"--grpc_python_out={out}"]
subprocess.run([sys.executable, *protoc, *files], check=True)
sys.path.insert(0, out)
from skep.admin.v1 import database_pb2, database_pb2_grpc, name_pb2  # noqa: E402
from skep.etl.v1 import plan_pb2, plan_pb2_grpc, registration_pb2 as r, registration_pb2_grpc  # noqa: E402

# Files of a partition, and of one call.
EACH, BATCH = 100, 20_000
channel = grpc.insecure_channel(address, options=[("grpc.max_receive_message_length", -1)])


def memory(what):
    """MiB."""
    for line in open(f"/proc/{process}/status"):
        if line.startswith(what):
            return int(line.split()[1]) // 1024


def known(at, partitioned):
    """Ids ascend with the files, times with the partitions."""
    day, hour = divmod(at // EACH, 24)
    folder = f"dt=2{day:05}/hour={hour:02}/" if partitioned else ""
    bound = lambda name, kind, low, high: r.KnownColumn(name=name, type=kind, nulls=0, min=low, max=high)
    return r.KnownFile(
        uri=f"file:/nowhere/bench/{folder}part-{at:08}-c000.zstd.parquet", size=128 << 20, modified_at_ms=1, rows=1_000_000,
        columns=[
            bound("id", "bigint", str(at * 1_000), str(at * 1_000 + 999)),
            bound("name", "string", f"name-{at * 7919 % 100_003:06}", f"name-{at * 7919 % 100_003 + 500:06}"),
            bound("price", "decimal(12,2)", "0.01", f"{at % 900 + 1}.99"),
            bound("at", "timestamp", f"2024-01-{day % 28 + 1:02} {hour:02}:00:00", f"2024-01-{day % 28 + 1:02} {hour:02}:59:59"),
        ])


def fill(table, partitioned):
    stub, begin = registration_pb2_grpc.RegistrationServiceStub(channel), time.monotonic()
    for first in range(0, count, BATCH):
        request = r.RegisterRequest(
            table=table, base="file:/nowhere/bench", create=True, partition_by=["dt", "hour:int"] if partitioned else [],
            files=[known(at, partitioned) for at in range(first, min(first + BATCH, count))])
        report = [message.report for message in stub.Register(request) if message.HasField("report")][-1]
        assert report.outcome == r.REGISTER_OUTCOME_REGISTERED, report
    return time.monotonic() - begin


def plan(table, where):
    """Seconds to the first file and to the end, and the summary."""
    begin, first, summary = time.monotonic(), None, None
    for message in plan_pb2_grpc.PlanServiceStub(channel).Plan(plan_pb2.PlanRequest(table=table, filter=where)):
        if first is None and message.HasField("batch"):
            first = time.monotonic() - begin
        if message.HasField("summary"):
            summary = message.summary
    return first, time.monotonic() - begin, summary


databases = database_pb2_grpc.DatabaseServiceStub(channel)
databases.CreateDatabase(database_pb2.CreateDatabaseRequest(database=database_pb2.Database(name="bench")))
print(f"| {count} files | filter | first file | all | files planned | files/s | RSS, most |\n| --- | --- | --- | --- | --- | --- | --- |")
for name, partitioned in [("partitioned", True), ("one_place", False)]:
    table = name_pb2.TableName(database="bench", table=name)
    seconds = fill(table, partitioned)
    label = f"{count // EACH} partitions" if partitioned else "no partitions"
    print(f"| {label} | (registered by told facts) | | {seconds:.1f} s | | {count / seconds:,.0f} | {memory('VmHWM')} MiB |", flush=True)
    filters = ["", "", f"id between {count * 500} and {count * 500 + 5000}", "name like 'name-0500%'"]
    for at, where in enumerate(filters + (["dt = '200010'", "dt >= '200010' and id < 0"] if partitioned else [])):
        first, whole, summary = plan(table, where)
        first = f"{first * 1000:.1f} ms" if first is not None else "none"
        shown = f"`{where}`" if where else ("all, the first time" if at == 0 else "all")
        print(f"| {label} | {shown} | {first} | {whole * 1000:,.0f} ms | {summary.files_planned} | "
              f"{summary.files / whole:,.0f} | {memory('VmRSS')}, {memory('VmHWM')} MiB |", flush=True)
