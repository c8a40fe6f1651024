"""Writes the same rows as Parquet files of several kinds: python make_parquet.py FOLDER"""
import datetime
import os
import sys
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

START = datetime.datetime(2025, 3, 1, tzinfo=datetime.timezone.utc)
rows = [{
    "int": i if i % 7 else None, "small": i % 100, "double": i / 8 if i % 3 else None, "float": i / 4,
    "text": "é" * (i % 5) if i % 2 else None, "bool": i % 4 == 0, "decimal": Decimal(i) / 4,
    "millis": START + datetime.timedelta(milliseconds=i), "micros": START + datetime.timedelta(milliseconds=i),
    "list": None if i % 5 == 0 else ["x%d" % j for j in range(i % 4)], "group": {"name": "g%d" % (i % 3)},
} for i in range(1000)]
schema = pa.schema([
    ("int", pa.int64()), ("small", pa.int32()), ("double", pa.float64()), ("float", pa.float32()), ("text", pa.string()),
    ("bool", pa.bool_()), ("decimal", pa.decimal128(18, 6)), ("millis", pa.timestamp("ms", tz="UTC")),
    ("micros", pa.timestamp("us", tz="UTC")), ("list", pa.list_(pa.string())), ("group", pa.struct([("name", pa.string())]))])
table = pa.Table.from_pylist(rows, schema=schema)
os.makedirs(sys.argv[1], exist_ok=True)
for name, options in {
        "snappy": {}, "plain": {"use_dictionary": False, "compression": "none"}, "gzip": {"compression": "gzip"},
        "v2": {"data_page_version": "2.0"}, "pages": {"data_page_size": 512, "row_group_size": 300},
        "v2-plain": {"data_page_version": "2.0", "use_dictionary": False, "data_page_size": 600},
        "zstd": {"compression": "zstd"}}.items():
    pq.write_table(table, os.path.join(sys.argv[1], name + ".parquet"), **options)
