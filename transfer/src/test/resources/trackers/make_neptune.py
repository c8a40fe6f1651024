"""Makes an archive with the code of neptune-exporter that writes it: PYTHONPATH=neptune-exporter/src python make_neptune.py FOLDER"""
import datetime
import shutil
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from neptune_exporter import model
from neptune_exporter.storage.parquet_writer import ParquetWriter
from neptune_exporter.utils import sanitize_path_part

root = Path(sys.argv[1])
shutil.rmtree(root, ignore_errors=True)
PROJECT = "team/vision"
START = datetime.datetime(2025, 3, 1, 12, 0, tzinfo=datetime.timezone.utc)


def batch(run, rows):
    names = model.SCHEMA.names
    return pa.RecordBatch.from_pylist(
        [{**dict.fromkeys(names), "project_id": PROJECT, "run_id": run, **row} for row in rows], schema=model.SCHEMA)


def attribute(path, kind, value):
    return {"attribute_path": path, "attribute_type": kind, kind + "_value": value}


def series(path, kind, field, values):
    return [{"attribute_path": path, "attribute_type": kind, "step": Decimal(step).quantize(Decimal("1.000000")),
             "timestamp": START + datetime.timedelta(seconds=float(step)), field: value} for step, value in values]


def file(path, name, step=None):
    target = root / "files" / sanitize_path_part(PROJECT) / "RUN-1" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("kept")
    return {"attribute_path": path, "attribute_type": "file" if step is None else "file_series",
            "step": step, "file_value": {"path": "RUN-1/" + name}}


writer = ParquetWriter(root / "data", target_part_size_bytes=1)
with writer.run_writer(PROJECT, "RUN-1") as run:
    run.save(batch("RUN-1", [
        attribute("sys/name", "string", "resnet"), attribute("sys/custom_run_id", "string", "RUN-1"),
        attribute("sys/creation_time", "datetime", START), attribute("sys/owner", "string", "ann"),
        attribute("sys/description", "string", "a note"), attribute("sys/failed", "bool", True),
        attribute("sys/tags", "string_set", ["v1", "baseline"]), attribute("sys/group_tags", "string_set", []),
        attribute("config/lr", "float", 1e-5), attribute("config/layers", "int", 3), attribute("config/bias", "bool", True),
        attribute("config/opt", "string", "adam é"), attribute("config/none", "string", None),
        attribute("data/date", "datetime", START)]))
    # A second part, because the first one is greater than a byte.
    run.save(batch("RUN-1", series("metrics/loss", "float_series", "float_value", [(i, 1 / (i + 1)) for i in range(3000)])
                   + series("metrics/edge", "float_series", "float_value",
                            [("0.5", float("nan")), ("1", float("inf")), ("2", float("-inf"))])))
    run.save(batch("RUN-1", series("logs", "string_series", "string_value", [(0, "line 1"), (1, "line 2")])
                   + series("hist", "histogram_series", "histogram_value",
                            [(0, {"type": "COUNTING", "edges": [0, 1, 2], "values": [3, 4]})])
                   + [file("report", "report.txt"), file("images", "images/step_0.txt", Decimal("0.000000"))]))
with writer.run_writer(PROJECT, "RUN-2") as run:
    run.save(batch("RUN-2", [attribute("sys/custom_run_id", "string", "RUN-2"),
                             attribute("sys/forking/parent", "string", "RUN-1"), attribute("config/lr", "float", 0.1)]))
with writer.run_writer(PROJECT, "MOD-1", entity_scope="models") as run:
    run.save(batch("MOD-1", [attribute("sys/name", "string", "model")]))
