"""Reads of a final view by Spark and Trino while events arrive, compactions commit and the view is rolled back and forth.

    reads.py THRIFT_URI API_HOST:PORT SKEP READS [TRINO_HOST:PORT]

So many reads by each engine. Each must be one that the promise explains: all that was acknowledged before the read began, each
event at most once, nothing that was not registered; and none may fail. HIVE_DRIVER names hive/hive.sh of the judges: then Hive's
own driver reads the view once all is over, by a text that names a snapshot, the log since and what came late.
"""
import datetime
import itertools
import os
import random
import shutil
import sys
import tempfile
import threading
import time
import traceback
import uuid

from engines import Hive, Spark, Trino, spark_session
from compact_spark import Skep, compact
import pyarrow as pa
import pyarrow.parquet as pq

KEYS, EVENTS, OPEN_MAX = 40, 12, 16
BEGIN = datetime.datetime(2026, 1, 1)
SCHEMA = pa.schema([("id", pa.int64()), ("op", pa.string()), ("ts", pa.timestamp("us")), ("seq", pa.int64()), ("name", pa.string())])
# A writer gets its turn whenever so many reads more are over.
ARRIVAL_EACH, COMPACTION_EACH, ROLLBACK_EACH = 2, 8, 12
# Who reads has so long before a snapshot may go under its feet.
GRACE_MS = 120_000


class Arrival:
    """A partition of the log: one that is in time, or one of hours ago."""

    def __init__(self, number, hour, is_late):
        self.number, self.hour = number, hour
        chance = random.Random(number)
        self.events = []
        for at in range(EVENTS):
            ts = BEGIN + datetime.timedelta(hours=hour, minutes=chance.randrange(3))
            op = chance.choice("IUUD")
            name = None if op == "D" else chance.choice([None, "", "ann", "Änne", f"n{number}"])
            self.events.append((chance.randrange(KEYS), op, ts, number * EVENTS + at, name))
        of_day = hour % 24 * 1000 + (1 + number % 999 if is_late else 0)
        self.values = f"dt={(BEGIN + datetime.timedelta(days=hour // 24)).date()}/hour={of_day}"


def fold(latest, events):
    """By ts and seq, the greater wins."""
    for event in events:
        known = latest.get(event[0])
        if known is None or known[2:4] < event[2:4]:
            latest[event[0]] = event
    return latest


def alive(latest):
    return sorted(event for event in latest.values() if event[1] != "D")


class Book:
    """What was registered when, and which rows that explains."""

    def __init__(self):
        self.lock, self.latest, self.open, self.begun = threading.Lock(), {}, {}, []
        self.number, self.hour, self.random = 0, 0, random.Random(11)

    def ask(self):
        with self.lock:
            self.number += 1
            if self.random.random() < 0.25:
                arrival = Arrival(self.number, max(0, self.hour - self.random.randrange(30)), True)
            else:
                self.hour += 1
                arrival = Arrival(self.number, self.hour, False)
            self.open[arrival.number] = arrival
            self.begun.append(arrival)
            return arrival

    def acknowledge(self, arrival):
        with self.lock:
            fold(self.latest, self.open.pop(arrival.number).events)

    def read_begins(self):
        with self.lock:
            return dict(self.latest), list(self.open.values()), len(self.begun)

    def explains(self, began, rows):
        latest, maybe, count = began
        with self.lock:
            maybe = maybe + self.begun[count:]
        shown = {row[3] // EVENTS for row in rows}
        for arrival in maybe:  # a row that is shown tells its arrival, and that was seen wholly
            if arrival.number in shown:
                fold(latest, arrival.events)
        rest = [arrival for arrival in maybe if arrival.number not in shown]
        if len(rest) > OPEN_MAX:
            raise RuntimeError(f"{len(rest)} arrivals in one read: too many to be told apart")
        rows = sorted(rows)
        for size in range(len(rest) + 1):
            for chosen in itertools.combinations(rest, size):  # these show by what they delete
                state = dict(latest)
                for arrival in chosen:
                    fold(state, arrival.events)
                if alive(state) == rows:
                    return True
        return False


class Run:
    def __init__(self, uri, api, skep, reads, trino):
        self.uri = uri
        os.environ["SKEP_ENDPOINT"] = api
        self.skep, self.reads, self.book = Skep([skep]), reads, Book()
        self.db = "reads_" + uuid.uuid4().hex[:8]
        self.log, self.view = f"{self.db}.events", f"{self.db}.events_latest"
        self.lake = tempfile.mkdtemp(prefix="skep-reads-")
        os.chmod(self.lake, 0o755)
        self.session = spark_session(uri)
        self.engines = [Spark(self.session)] + ([Trino(trino)] if trino else [])
        self.turn, self.done, self.over = threading.Condition(), 0, False
        self.reading = {}  # what each reader's read began with
        self.counts = dict.fromkeys(["registrations", "compactions", "rollbacks", "refused", "expiries"], 0)
        self.problems = []

    def note(self, what):
        with self.turn:
            self.counts[what] += 1

    def wrong(self, what):
        with self.turn:
            self.problems.append(what)
            self.over = True
            self.turn.notify_all()

    def may_arrive(self):
        """Of what comes during one read, the states must be told apart."""
        return all(len(self.book.begun) - count < OPEN_MAX // 2 for count in self.reading.values())

    def arrive(self):
        with self.turn:
            self.turn.wait_for(lambda: self.over or self.may_arrive())
        arrival = self.book.ask()
        place = f"{self.lake}/events/{arrival.values}"
        os.makedirs(place)
        columns = list(zip(*arrival.events))
        pq.write_table(pa.table(columns, schema=SCHEMA), f"{place}/part-0.parquet")
        create = ["--create", "--partition-by", "dt,hour:int"] if arrival.number == 1 else []
        self.skep("register", f"file:{place}/", "--table", self.log, "--base", f"file:{self.lake}/events", *create)
        self.book.acknowledge(arrival)
        self.note("registrations")

    def compact(self):
        spark = self.session.newSession()
        options = random.choice([[], ["--seal-newest"]])
        try:
            if compact(spark, self.skep, self.log, *options):
                self.note("compactions")
        except RuntimeError as error:
            if "begin again" not in str(error):  # the view was rolled back meanwhile
                raise
            self.note("refused")

    def roll(self):
        known = self.skep("snapshots", "list", self.log)[:4]
        if not known:
            return
        to = random.choice(known)["snapshot"]
        try:
            self.skep("snapshots", "rollback", self.log, to)
            self.note("rollbacks")
        except RuntimeError as error:
            if "came late" not in str(error):
                raise
            self.note("refused")
        self.skep("snapshots", "expire", self.log, "--keep", "4", "--reader-grace-ms", str(GRACE_MS), "--delete-files", "--yes")
        self.note("expiries")

    def writer(self, work, each):
        next_at = each
        while True:
            with self.turn:
                self.turn.wait_for(lambda: self.over or self.done >= next_at)
                if self.over:
                    return
                next_at = max(next_at + each, self.done - each)
            try:
                work()
            except Exception:
                self.wrong(traceback.format_exc())

    def reader(self, engine, took):
        sql = f"SELECT id, op, ts, seq, name FROM {self.view}"
        for number in range(self.reads):
            began, clock = self.book.read_begins(), time.perf_counter()
            with self.turn:
                self.reading[engine.name] = began[2]
            try:
                rows = engine(sql)
                if not self.book.explains(began, rows):
                    self.wrong(f"{engine.name}, read {number}: no state explains\n{sorted(rows)}\nof {alive(began[0])}")
            except Exception:
                self.wrong(f"{engine.name}, read {number}: {traceback.format_exc()}")
            took.append(time.perf_counter() - clock)
            if len(took) % 100 == 0:
                print(f"   {len(took)} reads by {engine.name}, beside {self.counts}", flush=True)
            with self.turn:
                self.done += 1
                del self.reading[engine.name]
                self.turn.notify_all()
                if self.over:
                    return

    def __call__(self):
        self.skep("databases", "create", self.db)
        for _ in range(4):
            self.arrive()
        self.skep("logs", "create", self.log, "--key", "id", "--order", "ts,seq", "--order-is-total", "--operation", "op",
                  "--delete", "D")
        works = [(self.arrive, ARRIVAL_EACH)] * 2 + [(self.compact, COMPACTION_EACH), (self.roll, ROLLBACK_EACH)]
        writers = [threading.Thread(target=self.writer, args=work) for work in works]
        times = {engine.name: [] for engine in self.engines}
        readers = [threading.Thread(target=self.reader, args=(engine, times[engine.name])) for engine in self.engines]
        for thread in writers + readers:
            thread.start()
        for thread in readers:
            thread.join()
        with self.turn:
            self.over = True
            self.turn.notify_all()
        for thread in writers:
            thread.join()
        return times

    def hive(self, command):
        """Against the model; with at least one partition that came late."""
        while not self.skep("logs", "show", self.log)["late"]:
            self.arrive()
        rows = Hive(command, self.uri, self.lake)(f"SELECT id, op, ts, seq, name FROM {self.view}")
        text = lambda value: "NULL" if value is None else str(value)
        wanted = sorted(tuple(map(text, event)) for event in self.book.latest.values() if event[1] != "D")
        if sorted(rows) != wanted:
            self.wrong(f"Hive: {sorted(rows)}\ninstead of {wanted}")
        return len(rows)

    def end(self):
        try:
            self.skep("logs", "drop", self.log, "--yes")
            self.skep("databases", "drop", self.db, "--cascade", "--yes")
        finally:
            self.session.stop()
            shutil.rmtree(self.lake, ignore_errors=True)


if __name__ == "__main__":
    run = Run(*sys.argv[1:4], int(sys.argv[4]), sys.argv[5] if len(sys.argv) > 5 else None)
    begin = time.time()
    try:
        times = run()
        hive = os.environ.get("HIVE_DRIVER")
        if hive and not run.problems:
            clock = time.time()
            count = run.hive(hive)
            print(f"   Hive shows {count} rows of a snapshot, the log since and late partitions")
            print(f"{'FAIL' if run.problems else 'ok  '} event-logs/the view read by Hive ({time.time() - clock:.1f}s)")
    finally:
        run.end()
    for problem in run.problems:
        print(problem)
    print("beside", ", ".join(f"{count} {what}" for what, count in run.counts.items()))
    short = [what for what in ("registrations", "compactions") if not run.counts[what]]
    for name, took in times.items():
        bad = bool(run.problems or short or len(took) < run.reads)
        took.sort()
        print(f"   {len(took)} reads by {name}: median {took[len(took) // 2]:.2f} s, 95 of 100 within {took[len(took) * 95 // 100]:.2f} s")
        print(f"{'FAIL' if bad else 'ok  '} event-logs/reads of a changing view by {name} ({time.time() - begin:.1f}s)")
    count = len(times) + bool(os.environ.get("HIVE_DRIVER"))
    print(f"{0 if bad else count} passed, {count if bad else 0} failed")
    sys.exit(1 if bad else 0)
