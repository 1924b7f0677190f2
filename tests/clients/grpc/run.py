"""Standard gRPC for Python against a running server: what reflection tells is enough to call it, and so are the shipped
protos with plain grpcio-tools.

    run.py HOST:PORT PROTO_DIR
"""
import importlib
import pathlib
import subprocess
import sys
import tempfile
import unittest
import uuid

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status
from google.rpc import error_details_pb2

ADDRESS, PROTOS = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
ADMIN = ["Change", "Commit", "Database", "Partition", "Status", "Table", "Version"]


def generated():
    """Modules that protoc makes of the shipped files."""
    out = tempfile.mkdtemp()
    files = sorted(str(path.relative_to(PROTOS)) for path in PROTOS.glob("skep/**/*.proto"))
    command = ["-m", "grpc_tools.protoc", f"-I{PROTOS}", f"--python_out={out}", f"--grpc_python_out={out}"]
    subprocess.run([sys.executable, *command, *files], check=True)
    sys.path.insert(0, out)
    return {name: importlib.import_module(f"skep.admin.v1.{name}") for name in
            ["name_pb2", "storage_pb2", "table_pb2", "partition_pb2", "commit_pb2", "database_pb2",
             "table_pb2_grpc", "partition_pb2_grpc", "commit_pb2_grpc", "database_pb2_grpc"]}


class Reflection(unittest.TestCase):
    def setUp(self):
        self.channel = grpc.insecure_channel(ADDRESS)
        self.addCleanup(self.channel.close)

    def test_services_are_listed(self):
        services = set(ProtoReflectionDescriptorDatabase(self.channel).get_services())
        wanted = {f"skep.admin.v1.{name}Service" for name in ADMIN} | {"grpc.health.v1.Health"}
        self.assertLessEqual(wanted, services)

    def test_every_service_describes_itself(self):
        """What `grpcurl list` and `grpcurl describe` show: from the server alone, no file is read."""
        database = ProtoReflectionDescriptorDatabase(self.channel)
        pool = DescriptorPool(database)
        told = {name: pool.FindServiceByName(name) for name in database.get_services()}
        for name, service in sorted(told.items()):
            print(name, *(f"{m.name}({m.input_type.name})" for m in service.methods), sep="\n    ")
            self.assertTrue(service.methods)
            self.assertTrue(all(m.output_type.full_name for m in service.methods))
        register = told["skep.etl.v1.RegistrationService"].methods_by_name["Register"]
        self.assertTrue(register.server_streaming and not register.client_streaming)
        fields = register.input_type.fields_by_name
        self.assertEqual(fields["table"].message_type.full_name, "skep.admin.v1.TableName")
        self.assertTrue(fields["uris"].is_repeated)
        self.assertIn("REGISTER_MODE_REPLACE", fields["mode"].enum_type.values_by_name)

    def test_a_call_is_made_from_descriptors(self):
        pool = DescriptorPool(ProtoReflectionDescriptorDatabase(self.channel))
        service = pool.FindServiceByName("skep.admin.v1.StatusService")
        method = service.FindMethodByName("GetServerStatus")
        call = self.channel.unary_unary(
            f"/{service.full_name}/{method.name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=GetMessageClass(method.output_type).FromString)
        answer = call(GetMessageClass(method.input_type)())
        self.assertTrue(answer.status.ready)
        self.assertEqual(answer.status.api_address, ADDRESS)


class Shipped(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.m = generated()

    def setUp(self):
        self.channel = grpc.insecure_channel(ADDRESS)
        self.addCleanup(self.channel.close)
        self.db = "grpc_" + uuid.uuid4().hex[:8]
        m = self.m
        databases = m["database_pb2_grpc"].DatabaseServiceStub(self.channel)
        databases.CreateDatabase(m["database_pb2"].CreateDatabaseRequest(
            database=m["database_pb2"].Database(name=self.db)))
        self.addCleanup(lambda: databases.DropDatabase(m["database_pb2"].DropDatabaseRequest(
            name=self.db, cascade=True, delete_data=True)))

    def name(self, table):
        return self.m["name_pb2"].TableName(database=self.db, table=table)

    def create(self, table):
        m = self.m
        column, storage = m["storage_pb2"].Column, m["storage_pb2"]
        return m["table_pb2"].CreateTableRequest(table=m["table_pb2"].Table(
            name=self.name(table),
            storage=storage.Storage(
                columns=storage.ColumnList(columns=[column(name="id", type="bigint")]),
                serde=storage.Serde(library="org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe")),
            partition_keys=[column(name="dt", type="string")]))

    def test_a_commit_and_a_stream(self):
        m = self.m
        partitions = [m["partition_pb2"].Partition(values=[f"2024-01-{day:02}"]) for day in range(1, 32)]
        changes = [
            m["commit_pb2"].TableChange(create_table=self.create("t")),
            m["commit_pb2"].TableChange(add_partitions=m["partition_pb2"].AddPartitionsRequest(
                table=self.name("t"), partitions=partitions)),
        ]
        commits = m["commit_pb2_grpc"].CommitServiceStub(self.channel)
        request = m["commit_pb2"].CommitRequest(changes=changes, request_id=self.db)
        results = commits.Commit(request).results
        self.assertEqual([(one.version, one.partitions) for one in results], [(1, 0), (2, 31)])
        self.assertEqual(commits.Commit(request).results, results, "the first answer again")

        stub = m["partition_pb2_grpc"].PartitionServiceStub(self.channel)
        listed = stub.ListPartitions(m["partition_pb2"].ListPartitionsRequest(
            table=self.name("t"), filter="dt > '2024-01-20'", order="dt desc"))
        names = [one.name for message in listed for one in message.batch.partitions]
        self.assertEqual(names, [f"dt=2024-01-{day:02}" for day in range(31, 20, -1)])

    def test_details_of_an_error(self):
        m = self.m
        tables = m["table_pb2_grpc"].TableServiceStub(self.channel)
        tables.CreateTable(self.create("t"))
        stub = m["partition_pb2_grpc"].PartitionServiceStub(self.channel)
        with self.assertRaises(grpc.RpcError) as raised:
            list(stub.ListPartitions(m["partition_pb2"].ListPartitionsRequest(table=self.name("t"), filter="x = 1")))
        status = rpc_status.from_call(raised.exception)
        bad = error_details_pb2.BadRequest()
        found = [detail.Unpack(bad) for detail in status.details]
        self.assertIn(True, found)
        self.assertEqual([violation.field for violation in bad.field_violations], ["filter"])




if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False, verbosity=2).result
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
