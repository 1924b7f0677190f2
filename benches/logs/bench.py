"""What an event log's calls cost with so many partitions, and prints Markdown: a line for each call.

    bench.py STORE API_HOST:PORT FOLDER PROTO_DIR PARTITIONS

The log's partitions are told with their facts and no file of them is there; what a compaction writes is.
"""
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import grpc
import pyarrow as pa
import pyarrow.parquet as pq

STORE, API, FOLDER, PROTOS, PARTITIONS = sys.argv[1], sys.argv[2], *map(pathlib.Path, sys.argv[3:5]), int(sys.argv[5])
out = tempfile.mkdtemp()
files = [str(path.relative_to(PROTOS)) for path in PROTOS.glob("skep/**/*.proto")]
protoc = ["-m", "grpc_tools.protoc", f"-I{PROTOS}", f"--python_out={out}", f"--grpc_python_out={out}"]
subprocess.run([sys.executable, *protoc, *files], check=True)
sys.path.insert(0, out)
from skep.admin.v1 import database_pb2, database_pb2_grpc, name_pb2, table_pb2, table_pb2_grpc  # noqa: E402
from skep.etl.v1 import registration_pb2 as r, registration_pb2_grpc  # noqa: E402
from skep.log.v1 import compaction_pb2 as c, compaction_pb2_grpc, event_log_pb2 as e, event_log_pb2_grpc  # noqa: E402
from skep.log.v1 import snapshot_pb2 as s, snapshot_pb2_grpc  # noqa: E402

ROUNDS, BATCH = 7, 20_000
KEYS = 1_000_000
channel = grpc.insecure_channel(API, options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)])
registration = registration_pb2_grpc.RegistrationServiceStub(channel)
compactions = compaction_pb2_grpc.CompactionServiceStub(channel)
snapshots = snapshot_pb2_grpc.SnapshotServiceStub(channel)
LOG = name_pb2.TableName(database="bench", table="events")
took = {}


def timed(what, call):
    begin = time.perf_counter()
    answer = call()
    took.setdefault(what, []).append((time.perf_counter() - begin) * 1000)
    return answer


def known(number):
    """The first thousand numbers are kept for what comes late."""
    bound = lambda name, kind, low, high: r.KnownColumn(name=name, type=kind, nulls=0, min=low, max=high)
    place = f"dt={number // 24:05}/hour={number % 24}"
    return r.KnownFile(
        uri=f"file:{FOLDER}/events/{place}/part-0.parquet", size=100_000, modified_at_ms=1, rows=1000,
        columns=[bound("id", "bigint", "0", str(KEYS - 1)), bound("op", "string", "D", "U"),
                 bound("seq", "bigint", str(number * 1000), str(number * 1000 + 999))])


def register(numbers):
    request = r.RegisterRequest(
        table=LOG, base=f"file:{FOLDER}/events", create=True, partition_by=["dt", "hour:int"], files=map(known, numbers))
    report = [message.report for message in registration.Register(request) if message.HasField("report")][-1]
    assert report.outcome == r.REGISTER_OUTCOME_REGISTERED, report


def write(location):
    place = pathlib.Path(location.removeprefix("file:"))
    place.mkdir(parents=True)
    ids = [*range(0, KEYS, 1000), KEYS - 1]
    table = pa.table({"id": ids, "op": ["U"] * len(ids), "seq": ids})
    pq.write_table(table, place / "part-0.parquet")


def view():
    get = table_pb2.GetTableRequest(name=name_pb2.TableName(database="bench", table="events_latest"))
    return table_pb2_grpc.TableServiceStub(channel).GetTable(get).table


def roll(to):
    return snapshots.RollbackSnapshot(s.RollbackSnapshotRequest(table=LOG, snapshot_id=to))


database_pb2_grpc.DatabaseServiceStub(channel).CreateDatabase(
    database_pb2.CreateDatabaseRequest(database=database_pb2.Database(name="bench")))
for first in range(1000, 1000 + PARTITIONS, BATCH):
    register(range(first, min(first + BATCH, 1000 + PARTITIONS)))
log = e.EventLog(table=LOG, key_columns=["id"], order_columns=["seq"], order_is_total=True, operation_column="op",
                 delete_values=["D"], trino_catalog="hive")
event_log_pb2_grpc.EventLogServiceStub(channel).CreateEventLog(e.CreateEventLogRequest(log=log, skip_files=True))

for number in range(ROUNDS):
    request = c.BeginCompactionRequest(table=LOG, holder="bench", seal_newest=True)
    work = timed("begin", lambda: compactions.BeginCompaction(request)).compaction
    assert len(work.partitions) == PARTITIONS + 3 * number, len(work.partitions)
    write(work.location)
    commit = c.CommitCompactionRequest(table=LOG, token=work.token)
    done = timed("commit", lambda: compactions.CommitCompaction(commit))
    assert done.snapshot.snapshot_id in view().view_expanded_text, done
    assert timed("the same commit again", lambda: compactions.CommitCompaction(commit)).replayed
    timed("a partition is registered", lambda: register([1000 + PARTITIONS + 2 * number]))
    timed("a partition is registered, and one later", lambda: register([1001 + PARTITIONS + 2 * number]))
    timed("a late one is registered: the view is swapped", lambda: register([number]))
    timed("rollback to no snapshot: the view is swapped, nothing else", lambda: roll(""))
    timed("rollback to a snapshot", lambda: roll(work.snapshot_id))
    timed("the view is read", view)
    roll("")
del took["a partition is registered, and one later"]
for what, all_took in took.items():
    print(f"| {what} | {STORE} | {statistics.median(all_took):.1f} ms | {max(all_took):.1f} ms |", flush=True)
