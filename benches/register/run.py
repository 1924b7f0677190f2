"""Registers what make.py laid down, and prints a row of Markdown for each: what, how long, what it takes of memory.

    run.py STORE SKEP API SERVER_PID FOLDER PROTOS [KNOWN]

KNOWN: so many partitions of files whose facts the job tells, 20000.
"""
import importlib
import pathlib
import subprocess
import sys
import tempfile
import time

import grpc

STORE, SKEP, API, PID, FOLDER, PROTOS = sys.argv[1:7]
KNOWN = int(sys.argv[7]) if len(sys.argv) > 7 else 20000
PROTOS = pathlib.Path(PROTOS)


def memory_begin():
    """From now on the peak is counted anew."""
    pathlib.Path(f"/proc/{PID}/clear_refs").write_text("5")


def memory_peak():
    status = pathlib.Path(f"/proc/{PID}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def timed(what, work):
    memory_begin()
    begin = time.perf_counter()
    count, unit = work()
    took = time.perf_counter() - begin
    print(f"| {what} | {STORE} | {took:.2f} s | {count / took:,.0f} {unit}/s | {memory_peak():.0f} MiB |", flush=True)


def register(folder, table, *options):
    command = [SKEP, "register", f"file:{FOLDER}/{folder}/", "--table", table, "--endpoint", API, "--output", "json"]
    done = subprocess.run([*command, *options], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stdout[-2000:] + done.stderr[-2000:])


def count(folder):
    return sum(1 for path in (pathlib.Path(FOLDER) / folder).rglob("*.parquet"))


def generated():
    out = tempfile.mkdtemp()
    files = sorted(str(path.relative_to(PROTOS)) for path in PROTOS.glob("skep/**/*.proto"))
    command = ["-m", "grpc_tools.protoc", f"-I{PROTOS}", f"--python_out={out}"]
    subprocess.run([sys.executable, *command, *files], check=True)
    sys.path.insert(0, out)
    return (importlib.import_module(f"skep.{name}_pb2") for name in ("etl.v1.registration", "admin.v1.name"))


def known():
    """A file with statistics of its columns for each partition, as a job tells of it."""
    etl, names = generated()

    def file(number):
        low, place = number * 1000, f"dt={2000 + number // 8760}-{number // 24 % 365:03}/hour={number % 24}"
        columns = [
            etl.KnownColumn(name="id", type="bigint", nulls=0, min=str(low), max=str(low + 999), distinct=1000),
            etl.KnownColumn(name="page", type="string", nulls=7, min="/page/0", max="/page/9", distinct=10),
            etl.KnownColumn(name="price", type="double", nulls=0, min="0.5", max="99.5"),
        ]
        uri = f"file:{FOLDER}/known/{place}/part-0.parquet"
        return etl.KnownFile(uri=uri, size=100_000, modified_at_ms=1_700_000_000_000, rows=1000, columns=columns)

    request = etl.RegisterRequest(
        table=names.TableName(database="bench", table="known"), files=map(file, range(KNOWN)), create=True,
        partition_by=["dt", "hour:int"], base=f"file:{FOLDER}/known")
    sent = request.SerializeToString()
    bound = 64 << 20
    options = [("grpc.max_receive_message_length", bound), ("grpc.max_send_message_length", bound)]
    with grpc.insecure_channel(API, options) as channel:
        call = channel.unary_stream(
            "/skep.etl.v1.RegistrationService/Register", request_serializer=bytes,
            response_deserializer=etl.RegisterResponse.FromString)
        grpc.channel_ready_future(channel).result(10)

        def work():
            *_, last = call(sent)
            assert last.report.partitions_added == KNOWN, last
            return KNOWN, "partitions"

        timed(f"{KNOWN:,} partitions, facts told by the job", work)


if __name__ == "__main__":
    subprocess.run([SKEP, "databases", "create", "bench", "--endpoint", API], check=True, capture_output=True)
    tree, job = count("tree"), count("job")
    keys = ("--create", "--partition-by", "dt,hour:int")

    def of(folder, table, files, *options):
        register(folder, table, *options)
        return files, "files"

    timed(f"{tree:,} files below a prefix", lambda: of("tree", "bench.tree", tree, *keys))
    timed("the same again", lambda: of("tree", "bench.tree", tree))
    timed(f"{job:,} files of one job", lambda: of("job", "bench.job", job, *keys))
    known()
