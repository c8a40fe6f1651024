"""Writes the runs of an Aim repository as a folder that `kiroku import` reads.

python aim_export.py REPOSITORY FOLDER
"""

import json
import os
import sys

import aim

KINDS = ("texts", "images", "distributions", "figures", "audios")


def metric_name(metric):
    """Such as 'loss subset:train', so that series with another context are other metrics."""
    return metric.name + "".join(f" {key}:{value}" for key, value in sorted(metric.context.to_dict().items()))


def export(run, folder):
    os.makedirs(folder, exist_ok=True)
    try:
        params = run[...]
    except KeyError:  # the run has none
        params = {}
    left = {kind: len(found) for kind, found in run.collect_sequence_info(KINDS).items() if found}
    description = {
        "source": "aim",
        "id": run.hash,
        "project": run.experiment or "default",
        "name": run.name,
        "notes": run.description or "",
        "tags": list(run.tags),
        "state": "running" if run.active else "finished",
        "start_time": run.creation_time,
        "end_time": run.end_time,
        "params": params,
    }
    points = 0
    with open(os.path.join(folder, "history.jsonl"), "w", encoding="utf-8") as history:
        for metric in run.metrics():
            name = metric_name(metric)
            try:
                steps, (values, _epochs, times) = metric.data.items_list()
            except ValueError:  # the series is empty
                continue
            for step, value, time in zip(steps, values, times):
                history.write(json.dumps({"_step": step, "_timestamp": time, name: value}) + "\n")
                points += 1
    with open(os.path.join(folder, "kiroku-run.json"), "w", encoding="utf-8") as file:
        json.dump(description, file, default=str)
    print(f"{run.hash}: {points} points; series that are left: {left or 'none'}")


if __name__ == "__main__":
    repository = aim.Repo(sys.argv[1])
    for run_hash in repository.list_all_runs():
        export(aim.Run(run_hash, repo=repository, read_only=True), os.path.join(sys.argv[2], run_hash))
