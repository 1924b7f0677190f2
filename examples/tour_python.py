"""The README's tour: the same table through a Python client, pruned by the server."""
import os

from pymetastore.hive_metastore import ThriftHiveMetastore
from thrift.protocol import TBinaryProtocol
from thrift.transport import TSocket, TTransport

host, port = os.environ.get("SKEP", "thrift://localhost:9083").removeprefix("thrift://").split(":")
transport = TTransport.TBufferedTransport(TSocket.TSocket(host, int(port)))
transport.open()
metastore = ThriftHiveMetastore.Client(TBinaryProtocol.TBinaryProtocol(transport))
table = metastore.get_table("lake", "clicks")
print(table.tableName, [c.name for c in table.sd.cols], [k.name for k in table.partitionKeys])
print(len(metastore.get_partition_names("lake", "clicks", -1)), "partitions")
for partition in metastore.get_partitions_by_filter("lake", "clicks", "dt = '2026-01-02' and hour < 6", -1):
    print(partition.values, partition.parameters.get("numFiles"), "file")
