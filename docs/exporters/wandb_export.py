"""Writes the runs of a project of Weights & Biases as a folder that `kiroku import` reads.

python wandb_export.py ENTITY/PROJECT FOLDER
"""

import json
import os
import sys

import wandb


def export(run, folder):
    os.makedirs(folder, exist_ok=True)
    description = {
        "source": "wandb",
        "entity": run.entity,
        "project": run.project,
        "id": run.id,
        "name": run.name,
        "url": run.url,
        "state": run.state,
        "start_time": run.created_at,
        "notes": run.notes or "",
        "tags": list(run.tags),
        "params": {key: value for key, value in run.config.items() if not key.startswith("_")},
    }
    with open(os.path.join(folder, "history.jsonl"), "w", encoding="utf-8") as history:
        for row in run.scan_history():
            history.write(json.dumps(row, default=str) + "\n")
    for file in run.files():
        file.download(os.path.join(folder, "artifacts"), replace=True)
    with open(os.path.join(folder, "kiroku-run.json"), "w", encoding="utf-8") as file:
        json.dump(description, file, default=str)
    print(run.path)


if __name__ == "__main__":
    for each in wandb.Api().runs(sys.argv[1]):
        export(each, os.path.join(sys.argv[2], each.id))
