"""A table of many partitions: hourly, by region; one in a thousand has a file.

    make.py THRIFT_URI WAREHOUSE_DIR PARTITIONS
"""
import datetime
import os
import sys
import time

import pyarrow
import pyarrow.parquet
from pymetastore.hive_metastore import ThriftHiveMetastore, ttypes
from thrift.protocol import TBinaryProtocol
from thrift.transport import TSocket, TTransport

uri, warehouse, count = sys.argv[1], os.path.abspath(sys.argv[2]), int(sys.argv[3])
host, port = uri.removeprefix("thrift://").rsplit(":", 1)
transport = TTransport.TBufferedTransport(TSocket.TSocket(host, int(port)))
transport.open()
client = ThriftHiveMetastore.Client(TBinaryProtocol.TBinaryProtocol(transport))

PARQUET = "org.apache.hadoop.hive.ql.io.parquet."
columns = [ttypes.FieldSchema("id", "bigint", None), ttypes.FieldSchema("note", "string", None)]
keys = [ttypes.FieldSchema("dt", "string", None), ttypes.FieldSchema("hour", "int", None), ttypes.FieldSchema("region", "string", None)]
root = f"{warehouse}/big"


def storage(location):
    serde = ttypes.SerDeInfo(serializationLib=PARQUET + "serde.ParquetHiveSerDe", parameters={})
    return ttypes.StorageDescriptor(
        cols=columns, location="file:" + location, inputFormat=PARQUET + "MapredParquetInputFormat",
        outputFormat=PARQUET + "MapredParquetOutputFormat", serdeInfo=serde, parameters={}, bucketCols=[], sortCols=[])


def partition(number):
    hours, region = divmod(number, 4)
    day, hour = divmod(hours, 24)
    dt = (datetime.date(2015, 1, 1) + datetime.timedelta(day)).isoformat()
    region = ("ap", "eu", "sa", "us")[region]
    place = f"{root}/dt={dt}/hour={hour}/region={region}"
    return ttypes.Partition(values=[dt, str(hour), region], dbName="default", tableName="big", sd=storage(place), parameters={})


client.create_table(ttypes.Table(
    dbName="default", tableName="big", sd=storage(root), partitionKeys=keys, tableType="EXTERNAL_TABLE", parameters={"EXTERNAL": "TRUE"}))
begin = time.monotonic()
for first in range(0, count, 1000):
    new = [partition(number) for number in range(first, min(first + 1000, count))]
    client.add_partitions(new)
    place = new[0].sd.location.removeprefix("file:")
    rows = {"id": list(range(first, first + 10)), "note": ["n"] * 10}
    pyarrow.parquet.write_table(pyarrow.table(rows), f"{place}/part-0.parquet")
print(f"{count} partitions added in {time.monotonic() - begin:.0f} s, most of it the client's")
