"""export_import.py SOURCE MLFLOW TARGET BACK: moves what a server holds to others with mlflow-export-import, and compares.

SOURCE is filled and exported into MLFLOW and into TARGET; MLFLOW is exported into BACK.

export_import.py exported SOURCE TARGET FOLDER: imports a folder that `kiroku export` wrote of SOURCE into TARGET, and compares.

All servers keep artifacts in local folders: the tool imports a model version only if it finds the version's source in its own file system.
"""

import difflib
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mlflow
import mlflow.sklearn
import numpy
from mlflow import MlflowClient
from sklearn.linear_model import LinearRegression


def fill(uri):
    mlflow.set_tracking_uri(uri)
    client = MlflowClient()
    experiment = client.create_experiment("exp α/β", tags={"team": "a b", "note": "ünï"})
    mlflow.set_experiment("exp α/β")
    with mlflow.start_run(run_name="parent", tags={"k": "v", "key of/words 1": "日本"}):
        mlflow.log_params({"a": "1", "long": "x" * 5000, "b/c d": "0.1"})
        for step in range(3):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"nan": float("nan"), "high": float("inf"), "low": -float("inf"), "big": 1.7e308})
        mlflow.log_text("hello\n", "notes/deep/a b ü.txt")
        files = Path(tempfile.mkdtemp())
        (files / "bytes").write_bytes(bytes(range(256)) * 1000)
        (files / "empty").touch()
        mlflow.log_artifacts(files, "bin dir")
        mlflow.log_input(mlflow.data.from_numpy(numpy.zeros((3, 2)), name="train"), context="training")
        for child in range(2):
            with mlflow.start_run(run_name=f"child {child}", nested=True):
                mlflow.log_metric("acc", 0.9 + child / 100)
                with mlflow.start_run(run_name=f"grandchild {child}", nested=True):
                    mlflow.log_param("deep", child)
    client.delete_run(client.create_run(experiment, run_name="deleted").info.run_id)

    mlflow.set_experiment("models")
    client.create_registered_model("iris", tags={"owner": "me"}, description="A model of ünï")
    client.create_registered_model("no versions")
    for version in (1, 2, 3):
        with mlflow.start_run(run_name=f"train {version}") as run:
            mlflow.log_metric("accuracy", 0.7 + version / 10)
            folder = tempfile.mkdtemp() + "/model"
            model = LinearRegression().fit([[0], [1]], [0, version])
            mlflow.sklearn.save_model(model, folder, pip_requirements=["scikit-learn"])
            mlflow.log_artifacts(folder, "nested/model")
        source = run.info.artifact_uri + "/nested/model"
        tags = {"version": str(version)}
        client.create_model_version("iris", source, run.info.run_id, tags=tags, description=f"Version {version}")
    for alias, version in (("champion", "2"), ("newest", "3"), ("also-newest", "3")):
        client.set_registered_model_alias("iris", alias, version)
    for version, stage in (("1", "Archived"), ("2", "Production"), ("3", "Staging")):
        client.transition_model_version_stage("iris", version, stage)
    mlflow.genai.register_prompt("greeting", "Hello {{name}}", commit_message="first")


def run_tool(module, uri, *words):
    environment = os.environ | {"MLFLOW_TRACKING_URI": uri}
    command = [sys.executable, "-m", "mlflow_export_import.bulk." + module, *words]
    said = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert said.returncode == 0 and "Traceback" not in said.stdout, f"{module} {uri}:\n{said.stdout}"


def export_all(uri):
    folder = tempfile.mkdtemp()
    run_tool("export_all", uri, "--output-dir", folder)
    return folder


def import_all(uri, folder):
    run_tool("import_models", uri, "--input-dir", folder)  # the module of the command import-all


def describe(uri):
    """Returns what the release of the tool moves, without IDs. It leaves out aliases, prompts, inputs of runs and their status."""
    client = MlflowClient(uri)
    experiments = {experiment.experiment_id: experiment for experiment in client.search_experiments()}
    runs = client.search_runs(list(experiments), max_results=1000)
    names = {run.info.run_id: run.info.run_name for run in runs}
    return {
        "experiments": {e.name: own(e.tags) for e in experiments.values()},
        "runs": {
            run.info.run_name: {
                "experiment": experiments[run.info.experiment_id].name,
                "parent": names.get(run.data.tags.get("mlflow.parentRunId")),
                "params": run.data.params,
                "last metrics": {key: str(value) for key, value in run.data.metrics.items()},
                "histories": {key: history(client, run.info.run_id, key) for key in run.data.metrics},
                "tags": own(run.data.tags),
                "artifacts": artifacts(run.info.artifact_uri),
            }
            for run in runs
        },
        "models": {
            model.name: {
                "description": model.description,
                "tags": model.tags,
                "versions": [version_of(client, version, names) for version in versions(client, model.name)],
            }
            for model in client.search_registered_models()
        },
    }


def own(tags):
    return {key: value for key, value in tags.items() if not key.startswith("mlflow.")}


def history(client, run, key):
    return [(point.step, point.timestamp, str(point.value)) for point in client.get_metric_history(run, key)]


def versions(client, name):
    return sorted(client.search_model_versions(f"name='{name}'"), key=lambda version: int(version.version))


def version_of(client, version, names):
    run = client.get_run(version.run_id)
    assert version.source.startswith(run.info.artifact_uri), version
    return {
        "version": version.version,
        "description": version.description,
        "tags": version.tags,
        "stage": version.current_stage,
        "run": names[version.run_id],
        "source": version.source[len(run.info.artifact_uri) :],
        "prediction": mlflow.sklearn.load_model(version.source).predict([[1]]).round(6).tolist(),
    }


def artifacts(uri):
    root = Path(uri.removeprefix("file://"))
    return {str(file.relative_to(root)): digest(file) for file in root.rglob("*") if file.is_file()}


def digest(file):
    content = file.read_bytes()
    if file.name == "MLmodel":  # the tool adds the ID of the new run, and sorts the keys
        content = "\n".join(sorted(re.sub(r"(?m)^run_id: .*\n", "", content.decode()).splitlines())).encode()
    return hashlib.sha256(content).hexdigest()


def require_equal(expected, actual, title):
    one, other = (json.dumps(what, indent=1, sort_keys=True, ensure_ascii=False).splitlines() for what in (expected, actual))

    assert one == other, title + "\n" + "\n".join(difflib.unified_diff(one, other, lineterm=""))


if sys.argv[1] == "exported":
    source, target, exported = sys.argv[2:]
    import_all(target, exported)
    require_equal(describe(source), describe(target), "kiroku export to MLflow")
    sys.exit()
source, reference, target, back = sys.argv[1:]
fill(source)
exported = export_all(source)
version = json.loads(Path(exported, "models/iris/model.json").read_text())["mlflow"]["registered_model"]
assert version["aliases"], version  # the aliases of a model are exported, though not imported
with ThreadPoolExecutor() as threads:
    list(threads.map(import_all, (reference, target), (exported, exported)))
import_all(back, export_all(reference))
expected = describe(source)
assert len(expected["runs"]) == 8 and len(expected["models"]["iris"]["versions"]) == 3, expected
for title, uri in (("Kiroku to MLflow", reference), ("Kiroku to Kiroku", target), ("MLflow to Kiroku", back)):
    require_equal(expected, describe(uri), title)
