"""Lays down what an ETL job leaves: small Parquet files in folders by day and hour.

    make.py FOLDER PARTITIONS FILES

Below FOLDER/tree so many partitions with so many files each, and below FOLDER/job a thousand files of one job in ten
partitions. Files are of some shapes, written by pyarrow once and laid down again and again: a footer is read all the same.
"""
import datetime
import io
import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq

SHAPES, ROWS = 64, 50


def shape(number):
    """A file whose bounds no other shape has."""
    start = datetime.datetime(2024, 1, 1) + datetime.timedelta(hours=number)
    rows = range(number * ROWS, (number + 1) * ROWS)
    table = pa.table({
        "id": pa.array(rows, pa.int64()),
        "at": pa.array([start + datetime.timedelta(seconds=row % ROWS) for row in rows], pa.timestamp("us")),
        "page": pa.array([None if row % 7 == 0 else f"/page/{row % 11}" for row in rows]),
        "price": pa.array([row / 4 for row in rows], pa.float64()),
        "country": pa.array([["de", "fr", "jp"][row % 3] for row in rows]),
    })
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def lay(folder, partitions, files, shapes, first=0):
    for number in range(first, first + partitions):
        day = datetime.date(2020, 1, 1) + datetime.timedelta(days=number // 24)
        place = f"{folder}/dt={day}/hour={number % 24}"
        os.makedirs(place)
        for file in range(files):
            with open(f"{place}/part-{file:05}.parquet", "wb", buffering=0) as out:
                out.write(shapes[(number * files + file) % len(shapes)])


if __name__ == "__main__":
    root, partitions, files = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    shapes = [shape(number) for number in range(SHAPES)]
    lay(f"{root}/tree", partitions, files, shapes)
    lay(f"{root}/job", 10, 100, shapes)
