"""Writes and counts, for scripts/operations.sh.

    backup.py write THRIFT_URI     creates tables t00000, t00001 … until it is told to end; prints each that is acknowledged
    backup.py names THRIFT_URI     prints the names of its tables, sorted
"""
import signal
import sys

from pymetastore.hive_metastore import ThriftHiveMetastore, ttypes
from thrift.protocol import TBinaryProtocol
from thrift.transport import TSocket, TTransport

DATABASE = "backed_up"


def connect(uri):
    host, port = uri.removeprefix("thrift://").rsplit(":", 1)
    transport = TTransport.TBufferedTransport(TSocket.TSocket(host, int(port)))
    transport.open()
    return ThriftHiveMetastore.Client(TBinaryProtocol.TBinaryProtocol(transport))


def write(client):
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    client.create_database(ttypes.Database(name=DATABASE, parameters={}))
    columns = [ttypes.FieldSchema("n", "bigint", "")]
    number = 0
    while not ended:
        name = f"t{number:05}"
        storage = ttypes.StorageDescriptor(cols=columns, serdeInfo=ttypes.SerDeInfo(parameters={}), parameters={})
        table = ttypes.Table(dbName=DATABASE, tableName=name, sd=storage, partitionKeys=[], parameters={})
        client.create_table(table)
        print(name, flush=True)
        number += 1


def names(client):
    print("\n".join(sorted(client.get_all_tables(DATABASE))))


{"write": write, "names": names}[sys.argv[1]](connect(sys.argv[2]))
