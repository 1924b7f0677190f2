"""Python's metastore clients against a running server: pymetastore (Hive 4's interface) and hmsclient (Hive 2's).

    run.py THRIFT_URI WAREHOUSE_DIR
"""
import os
import sys
import threading
import unittest
import uuid

from hmsclient import hmsclient
from hmsclient.genthrift.hive_metastore import ttypes as old
from pymetastore.hive_metastore import ThriftHiveMetastore, ttypes
from pymetastore.metastore import HMS
from thrift.Thrift import TApplicationException
from thrift.protocol import TBinaryProtocol, TCompactProtocol
from thrift.transport import TSocket, TTransport

URI, WAREHOUSE = sys.argv[1], os.path.abspath(sys.argv[2])
HOST, PORT = URI.removeprefix("thrift://").rsplit(":", 1)
KEYS = [ttypes.FieldSchema("dt", "string", ""), ttypes.FieldSchema("hour", "int", "")]


def connect(protocol=TBinaryProtocol.TBinaryProtocol, transport=TTransport.TBufferedTransport):
    opened = transport(TSocket.TSocket(HOST, int(PORT)))
    opened.open()
    return ThriftHiveMetastore.Client(protocol(opened))


def storage(location):
    parquet = "org.apache.hadoop.hive.ql.io.parquet."
    return ttypes.StorageDescriptor(
        cols=[ttypes.FieldSchema("id", "bigint", "the key"), ttypes.FieldSchema("note", "string", None)],
        location=location,
        inputFormat=parquet + "MapredParquetInputFormat",
        outputFormat=parquet + "MapredParquetOutputFormat",
        numBuckets=-1,
        serdeInfo=ttypes.SerDeInfo("", parquet + "serde.ParquetHiveSerDe", {"serialization.format": "1"}),
        bucketCols=[], sortCols=[], parameters={}, compressed=False, storedAsSubDirectories=False,
        skewedInfo=ttypes.SkewedInfo([], [], {}))


class Case(unittest.TestCase):
    """A database of its own for each test, gone after it."""

    def setUp(self):
        self.client = connect()
        self.addCleanup(lambda: self.client._iprot.trans.close())
        self.db = "py_" + uuid.uuid4().hex[:8]
        self.folder = f"file:{WAREHOUSE}/{self.db}.db"
        self.client.create_database(ttypes.Database(
            name=self.db, description="of a test", locationUri=self.folder, parameters={"a": "b"}))
        self.addCleanup(self.drop)

    def drop(self):
        if self.db in self.client.get_all_databases():
            self.client.drop_database(self.db, True, True)

    def table(self, name="t", keys=KEYS):
        table = ttypes.Table(
            tableName=name, dbName=self.db, owner="me", tableType="EXTERNAL_TABLE", partitionKeys=list(keys),
            parameters={"EXTERNAL": "TRUE", "k": "v"}, sd=storage(f"{self.folder}/{name}"))
        self.client.create_table(table)
        return table

    def partition(self, dt, hour, name="t"):
        return ttypes.Partition(
            values=[dt, str(hour)], dbName=self.db, tableName=name, parameters={"p": "1"},
            sd=storage(f"{self.folder}/{name}/dt={dt}/hour={hour}"))

    def partitions(self):
        made = [self.partition(f"2024-01-0{day}", hour) for day in range(1, 6) for hour in range(4)]
        self.assertEqual(self.client.add_partitions(made), 20)

    def raises(self, kind, call, *arguments):
        with self.assertRaises(kind) as caught:
            call(*arguments)
        self.assertTrue(caught.exception.message, "an exception without a word")


class Databases(Case):
    def test_round_trip_and_folder(self):
        got = self.client.get_database(self.db)
        self.assertEqual((got.name, got.description, got.parameters["a"]), (self.db, "of a test", "b"))
        self.assertTrue(os.path.isdir(got.locationUri.removeprefix("file:")))

    def test_names_are_unique_and_without_case(self):
        again = ttypes.Database(name=self.db.upper(), locationUri=self.folder)
        self.raises(ttypes.AlreadyExistsException, self.client.create_database, again)
        self.assertEqual(self.client.get_database(self.db.upper()).name, self.db)

    def test_what_is_not_there_is_said(self):
        self.raises(ttypes.NoSuchObjectException, self.client.get_database, self.db + "_not")

    def test_one_with_tables_is_dropped_by_cascade_only(self):
        self.table()
        self.raises(ttypes.InvalidOperationException, self.client.drop_database, self.db, False, False)
        self.assertEqual(self.client.get_all_tables(self.db), ["t"])
        self.client.drop_database(self.db, True, True)
        self.assertNotIn(self.db, self.client.get_all_databases())


class Tables(Case):
    def test_what_is_stored_comes_back(self):
        sent, got = self.table(), self.client.get_table(self.db, "t")
        self.assertEqual(got.sd, sent.sd)
        self.assertEqual(got.partitionKeys, sent.partitionKeys)
        self.assertEqual((got.owner, got.tableType, got.catName), ("me", "EXTERNAL_TABLE", "hive"))
        self.assertEqual(got.parameters["k"], "v")
        self.assertGreater(got.createTime, 1_700_000_000)

    def test_both_interfaces_see_the_same(self):
        self.table()
        with hmsclient.HMSClient(host=HOST, port=int(PORT)) as two:
            self.assertEqual(two.get_table(self.db, "t").sd.location, f"{self.folder}/t")
            self.assertEqual([field.name for field in two.get_schema(self.db, "t")], ["id", "note", "dt", "hour"])
            with self.assertRaises(old.NoSuchObjectException):
                two.get_table(self.db, "not")
        with HMS.create(HOST, int(PORT)) as four:
            table = four.get_table(self.db, "t")
            self.assertEqual([column.name for column in table.columns], ["id", "note"])
            self.assertEqual([column.name for column in table.partition_columns], ["dt", "hour"])

    def test_a_second_of_the_same_name_is_refused(self):
        sent = self.table()
        self.raises(ttypes.AlreadyExistsException, self.client.create_table, sent)

    def test_alter_adds_a_column_and_renames(self):
        self.table()
        table = self.client.get_table(self.db, "t")
        table.sd.cols.append(ttypes.FieldSchema("more", "double", "new"))
        table.tableName = "renamed"
        self.client.alter_table(self.db, "t", table)
        self.assertEqual(self.client.get_all_tables(self.db), ["renamed"])
        self.assertEqual(self.client.get_fields(self.db, "renamed")[-1].name, "more")

    def test_drop_of_an_external_table_keeps_its_data(self):
        self.table()
        file = f"{WAREHOUSE}/{self.db}.db/t/data"
        open(file, "w").close()
        self.client.drop_table(self.db, "t", True)
        self.assertEqual(self.client.get_all_tables(self.db), [])
        self.assertTrue(os.path.exists(file))


class Partitions(Case):
    def setUp(self):
        super().setUp()
        self.table()

    def test_names_values_and_storage(self):
        self.partitions()
        names = self.client.get_partition_names(self.db, "t", -1)
        self.assertEqual(names, sorted(names))
        self.assertEqual(len(names), 20)
        got = self.client.get_partition_by_name(self.db, "t", "dt=2024-01-02/hour=3")
        self.assertEqual(got.values, ["2024-01-02", "3"])
        self.assertEqual(got.sd, self.partition("2024-01-02", 3).sd)
        self.assertEqual(len(self.client.get_partition_names_ps(self.db, "t", ["2024-01-01", ""], -1)), 4)
        self.raises(ttypes.NoSuchObjectException, self.client.get_partition, self.db, "t", ["2024-02-01", "0"])

    def test_a_batch_lands_whole_or_not_at_all(self):
        self.client.add_partition(self.partition("2024-01-01", 1))
        batch = [self.partition("2024-01-01", hour) for hour in range(3)]
        self.raises(ttypes.AlreadyExistsException, self.client.add_partitions, batch)
        self.assertEqual(self.client.get_partition_names(self.db, "t", -1), ["dt=2024-01-01/hour=1"])

    def test_filters(self):
        self.partitions()
        for text, count in {
            "dt = '2024-01-01'": 4, 'dt = "2024-01-01" and hour = 2': 1, "dt >= '2024-01-03' and hour < 2": 6,
            "(dt='2024-01-01' or dt='2024-01-02') and hour = 3": 2, "dt like '2024-01-0%'": 20, "hour between 1 and 2": 10,
            "dt in ('2024-01-01','2024-01-05')": 8, "not hour = 1": 15, "hour != 1": 15, "hour <> 1": 15,
        }.items():
            with self.subTest(text):
                self.assertEqual(len(self.client.get_partitions_by_filter(self.db, "t", text, -1)), count)
                self.assertEqual(self.client.get_num_partitions_by_filter(self.db, "t", text), count)
        self.raises(ttypes.MetaException, self.client.get_partitions_by_filter, self.db, "t", "dt = ", -1)

    def test_alter_and_drop(self):
        self.partitions()
        changed = self.client.get_partition(self.db, "t", ["2024-01-01", "0"])
        changed.parameters["p"] = "2"
        self.client.alter_partition(self.db, "t", changed)
        self.assertEqual(self.client.get_partition(self.db, "t", ["2024-01-01", "0"]).parameters["p"], "2")
        self.assertTrue(self.client.drop_partition(self.db, "t", ["2024-01-01", "0"], False))
        self.assertEqual(len(self.client.get_partitions(self.db, "t", -1)), 19)

    def test_unusual_values_are_escaped_in_names_only(self):
        self.client.add_partition(self.partition("a/b=c%d é", 1))
        name = "dt=a%2Fb%3Dc%25d é/hour=1"
        self.assertEqual(self.client.get_partition_names(self.db, "t", -1), [name])
        self.assertEqual(self.client.get_partition_by_name(self.db, "t", name).values, ["a/b=c%d é", "1"])

    def test_many_writers_lose_nothing(self):
        failures = []

        def write(day):
            try:
                mine = connect()
                for hour in range(10):
                    mine.add_partition(self.partition(day, hour))
                mine._iprot.trans.close()
            except Exception as failure:  # reported by the thread that can fail the test
                failures.append(failure)

        writers = [threading.Thread(target=write, args=(f"2024-03-0{n}",)) for n in range(8)]
        for each in writers:
            each.start()
        for each in writers:
            each.join()
        self.assertEqual(failures, [])
        self.assertEqual(len(self.client.get_partition_names(self.db, "t", -1)), 80)


class Calls(Case):
    def test_what_was_written_is_read_on_another_connection(self):
        other = connect()
        for n in range(20):
            self.table(f"t{n}")
            self.assertIn(f"t{n}", other.get_all_tables(self.db))
        other._iprot.trans.close()

    def test_events_tell_every_change_in_order(self):
        begin = self.client.get_current_notificationEventId().eventId
        self.table()
        self.partitions()
        self.client.drop_table(self.db, "t", False)
        events = self.client.get_next_notification(ttypes.NotificationEventRequest(lastEvent=begin, maxEvents=-1)).events
        self.assertEqual([event.eventId for event in events], list(range(begin + 1, begin + 1 + len(events))))
        mine = [event.eventType for event in events if event.dbName == self.db]
        self.assertEqual(mine, ["CREATE_TABLE", "ADD_PARTITION", "DROP_TABLE"])

    def test_protocols_and_framing(self):
        for protocol in (TBinaryProtocol.TBinaryProtocol, TBinaryProtocol.TBinaryProtocolAccelerated, TCompactProtocol.TCompactProtocol):
            for transport in (TTransport.TBufferedTransport, TTransport.TFramedTransport):
                with self.subTest(f"{protocol.__name__} {transport.__name__}"):
                    client = connect(protocol, transport)
                    self.assertIn(self.db, client.get_all_databases())
                    client._iprot.trans.close()

    def test_an_unknown_method_leaves_the_connection_usable(self):
        from thrift.Thrift import TMessageType
        out = self.client._oprot
        out.writeMessageBegin("no_such_method", TMessageType.CALL, 7)
        out.writeStructBegin("none")
        out.writeFieldStop()
        out.writeStructEnd()
        out.writeMessageEnd()
        out.trans.flush()
        _, kind, _ = self.client._iprot.readMessageBegin()
        self.assertEqual(kind, TMessageType.EXCEPTION)
        told = TApplicationException()
        told.read(self.client._iprot)
        self.client._iprot.readMessageEnd()
        self.assertEqual(told.type, TApplicationException.UNKNOWN_METHOD)
        self.assertIn(self.db, self.client.get_all_databases())

    def test_locks_wait_for_each_other(self):
        def request(user):
            component = ttypes.LockComponent(
                type=ttypes.LockType.EXCLUSIVE, level=ttypes.LockLevel.TABLE, dbname=self.db, tablename="t")
            return ttypes.LockRequest(component=[component], user=user, hostname="here")

        self.table()
        one, two = self.client.lock(request("one")), self.client.lock(request("two"))
        self.assertEqual((one.state, two.state), (ttypes.LockState.ACQUIRED, ttypes.LockState.WAITING))
        self.client.unlock(ttypes.UnlockRequest(lockid=one.lockid))
        check = ttypes.CheckLockRequest(lockid=two.lockid)
        self.assertEqual(self.client.check_lock(check).state, ttypes.LockState.ACQUIRED)
        self.client.unlock(ttypes.UnlockRequest(lockid=two.lockid))


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    # A test can fail more than once (subtests), but is one test.
    bad = {str(getattr(test, "test_case", test)) for test, _ in result.failures + result.errors}
    print(f"{result.testsRun - len(bad)} passed, {len(bad)} failed")
    sys.exit(1 if bad or not result.testsRun else 0)
