#!/usr/bin/env python3
"""Writes Parquet files with pyarrow, and beside each a .json of what pyarrow says of it.

Usage: lake-samples.py DIR; then SKEP_TEST_LAKE_SAMPLES=DIR cargo test -p skep --lib lake::tests::files_of_pyarrow (scripts/test.sh does)
"""

import datetime as dt
import decimal
import json
import pathlib
import sys

import pyarrow as pa
import pyarrow.parquet as pq

D = decimal.Decimal
EARLY, LATE = dt.datetime(1969, 12, 31, 23, 59, 59, 500000), dt.datetime(2026, 11, 23, 1, 2, 3)

# name: (Arrow type, values, Hive's type, least, greatest), as Hive writes texts; bounds of None are not told
COLUMNS = {
    "i8": (pa.int8(), [-128, None, 127], "tinyint", "-128", "127"),
    "i16": (pa.int16(), [-5, None, 300], "smallint", "-5", "300"),
    "i32": (pa.int32(), [-5, None, 2**31 - 1], "int", "-5", "2147483647"),
    "i64": (pa.int64(), [-(2**63), None, 2**63 - 1], "bigint", "-9223372036854775808", "9223372036854775807"),
    "u8": (pa.uint8(), [0, None, 255], "smallint", "0", "255"),
    "u16": (pa.uint16(), [0, None, 65535], "int", "0", "65535"),
    "u32": (pa.uint32(), [1, None, 2**32 - 1], "bigint", "1", "4294967295"),
    "u64": (pa.uint64(), [1, None, 2**64 - 1], "decimal(20,0)", "1", "18446744073709551615"),
    "f32": (pa.float32(), [-1.5, None, 2.5], "float", "-1.5", "2.5"),
    "f64": (pa.float64(), [-1.5, None, 1e300], "double", "-1.5", "1.0E300"),
    "flag": (pa.bool_(), [True, None, False], "boolean", "FALSE", "TRUE"),
    "day": (pa.date32(), [dt.date(1960, 1, 1), None, dt.date(2026, 11, 23)], "date", "1960-01-01", "2026-11-23"),
    "ms": (pa.timestamp("ms"), [EARLY, None, LATE], "timestamp", "1969-12-31 23:59:59.5", "2026-11-23 01:02:03"),
    "us": (pa.timestamp("us", "UTC"), [EARLY, None, LATE], "timestamp", "1969-12-31 23:59:59.5", "2026-11-23 01:02:03"),
    "dec9": (pa.decimal128(9, 2), [D("-1.50"), None, D("9999999.99")], "decimal(9,2)", "-1.50", "9999999.99"),
    "dec18": (pa.decimal128(18, 3), [D("-1.5"), None, D("7")], "decimal(18,3)", "-1.500", "7.000"),
    "dec38": (pa.decimal128(38, 0), [D(-(10**37)), None, D(10**37)], "decimal(38,0)", str(-(10**37)), str(10**37)),
    "text": (pa.string(), ["a", None, "é"], "string", "a", "é"),
    "large": (pa.large_string(), ["a", None, "b"], "string", "a", "b"),
    "bytes": (pa.binary(), [b"\x00", None, b"\xff"], "binary", None, None),
    "fixed": (pa.binary(4), [b"abcd", None, b"efgh"], "binary", None, None),
    "time": (pa.time64("us"), [dt.time(1), None, dt.time(2)], "bigint", "3600000000", "7200000000"),
    "list": (pa.list_(pa.int32()), [[1], None, []], "array<int>", None, None),
    "pairs": (pa.map_(pa.string(), pa.int64()), [[("k", 1)], None, []], "map<string,bigint>", None, None),
    "st": (
        pa.struct([("A", pa.int32()), ("b", pa.list_(pa.string()))]),
        [{"A": 1, "b": ["x"]}, None, {"A": None, "b": None}],
        "struct<a:int,b:array<string>>",
        None,
        None,
    ),
}


def write(folder, name, table, said, **options):
    pq.write_table(table, folder / f"{name}.parquet", **options)
    rows = pq.ParquetFile(folder / f"{name}.parquet").metadata.num_rows
    (folder / f"{name}.json").write_text(json.dumps({"rows": rows, "columns": said}))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.table({name: pa.array(column[1], column[0]) for name, column in COLUMNS.items()})
    said = {name: {"type": c[2], "min": c[3], "max": c[4], "nulls": 1} for name, c in COLUMNS.items()}
    write(folder, "page1", table, said, data_page_version="1.0")
    write(folder, "page2", table, said, data_page_version="2.0", compression="zstd", row_group_size=2)
    write(folder, "plain", table, said, use_dictionary=False, compression="none")
    write(folder, "old_lists", table, said, use_compliant_nested_type=False)
    stamps = pa.table({"ts": pa.array([EARLY, None, LATE], pa.timestamp("us"))})
    # without statistics: not even the nulls are told
    int96 = {"ts": {"type": "timestamp", "min": None, "max": None, "nulls": None}}
    write(folder, "int96", stamps, int96, use_deprecated_int96_timestamps=True)
    nothing = {name: {"type": c["type"], "min": None, "max": None, "nulls": 0} for name, c in said.items()}
    write(folder, "no_rows", table.slice(0, 0), nothing)


main()
