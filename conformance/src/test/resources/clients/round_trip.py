"""round_trip.py fill SOURCE TARGET: fills the MLflow database SOURCE and creates an empty one, TARGET.
round_trip.py compare SOURCE TARGET PARQUET: compares what MLflow's stores return for both, and what pandas reads from the folder PARQUET.
"""

import json
import logging
import sys
import warnings

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, LoggedModelInput, LoggedModelOutput, Metric, Param, ViewType
from mlflow.entities.model_registry import ModelVersionTag

logging.disable(logging.WARNING)
warnings.simplefilter("ignore")


def fill(uri):
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    client = MlflowClient()
    first = client.create_experiment("first α", artifact_location="mlflow-artifacts:/somewhere", tags={"team": "vision"})
    gone = client.create_experiment("gone")
    parent = client.create_run(first, start_time=1700000000000, run_name="parent", tags={"mlflow.user": "ann", "k/é": "日本"})
    run = parent.info.run_id
    points = [Metric("loss", 1 / (step + 1), 1700000000000 + step, step) for step in range(500)]
    points += [Metric("odd", value, 1700000001000, step) for value, step in [
        (float("nan"), 5), (float("inf"), 1), (float("-inf"), 2), (1.0, -1), (1.0, -1), (2.0, -1)]]
    client.log_batch(run, metrics=points, params=[Param("lr", "0.1"), Param("long", "x" * 5000), Param("text", "two\nlines")])
    dataset = Dataset("iris", "d1", "local", '{"uri": "x"}', '{"a": 1}', "p")
    client.log_inputs(run, [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])
    child = client.create_run(first, start_time=1700000003000, run_name="child", tags={"mlflow.parentRunId": run})
    client.log_metric(child.info.run_id, "loss", 0.5, 1700000003500)
    client.set_terminated(child.info.run_id, "FAILED", 1700000004000)
    client.set_terminated(run, "FINISHED", 1700000005000)
    client.create_run(first, start_time=1700000008000, run_name="running")
    deleted = client.create_run(first, start_time=1700000006000, run_name="deleted")
    client.delete_run(deleted.info.run_id)
    client.create_run(gone, start_time=1700000007000, run_name="in deleted")
    client.delete_experiment(gone)

    model = client.create_logged_model(first, "net", source_run_id=run, tags={"k": "v"}, params={"depth": "3"}, model_type="Agent")
    client.finalize_logged_model(model.model_id, "READY")
    client.log_metric(run, "val/acc", 0.75, 1700000002000, 1, model_id=model.model_id, dataset_name="iris", dataset_digest="d1")
    client.log_outputs(run, [LoggedModelOutput(model.model_id, 7)])
    client.log_inputs(child.info.run_id, models=[LoggedModelInput(model.model_id)])

    client.create_registered_model("iris", tags={"task": "classification"}, description="a model\nof irises")
    client.create_registered_model("no versions")
    store = client._get_registry_client().store
    store.create_model_version("iris", f"mlflow-artifacts:/somewhere/{run}/artifacts/model", run, tags=[ModelVersionTag("ok", "yes")], description="first")
    store.create_model_version("iris", f"models:/{model.model_id}", run, run_link="http://x")
    store.create_model_version("iris", "s3://bucket/model", None)
    client.set_registered_model_alias("iris", "champion", "2")
    client.set_registered_model_alias("iris", "also", "2")
    client.transition_model_version_stage("iris", "1", "Production")
    mlflow.genai.register_prompt("greeting", "Hello {{name}}", commit_message="first")


def describe(uri):
    client = MlflowClient(uri, registry_uri=uri)
    experiments = client.search_experiments(ViewType.ALL, max_results=1000)
    ids = [experiment.experiment_id for experiment in experiments]
    runs = client.search_runs(ids, run_view_type=ViewType.ALL, max_results=1000)
    models = client.search_logged_models(ids)
    registered = client.search_registered_models(max_results=100)
    prompts = client.search_registered_models("tags.`mlflow.prompt.is_prompt` = 'true'")
    versions = [v for model in registered for v in client.search_model_versions(f"name = '{model.name}'")]
    versions += client.search_model_versions("name = 'greeting' AND tags.`mlflow.prompt.is_prompt` = 'true'")
    assert len(versions) == 4, versions
    text = {}
    for experiment in experiments:
        text["experiment " + experiment.experiment_id] = dict(experiment)
    for run in runs:
        key = "run " + run.info.run_name
        text[key] = [dict(run.info), run.data.params, {k: str(v) for k, v in run.data.metrics.items()}, run.data.tags]
        text[key + " inputs"] = [[d.to_dictionary() for d in run.inputs.dataset_inputs], [m.model_id for m in run.inputs.model_inputs]]
        text[key + " outputs"] = [m.to_dictionary() for m in run.outputs.model_outputs]
        for name in run.data.metrics:
            history = client.get_metric_history(run.info.run_id, name)
            text[key + " metric " + name] = sorted((p.step, p.timestamp, str(p.value)) for p in history)
    for model in models:
        text["logged model " + model.name] = {
            k: [sorted(str(dict(m)) for m in v)] if k == "metrics" and v else v for k, v in model.to_dictionary().items()}
    for model in [*registered, *prompts]:
        fields = dict(model if model in prompts else client.get_registered_model(model.name))
        fields["latest_versions"] = sorted(v.version for v in fields["latest_versions"])
        text["model " + model.name] = fields
    for version in versions:
        key = f"version {version.name} {version.version}"
        text[key] = dict(version)
        if version.name != "greeting":  # the registry hides prompts from these calls
            text[key + " read"] = dict(client.get_model_version(version.name, version.version))
            text[key + " files"] = client.get_model_version_download_uri(version.name, version.version)
    return {key: json.dumps(value, sort_keys=True, default=str) for key, value in text.items()}


def compare_parquet(uri, folder):
    import pandas

    client = MlflowClient(uri)
    ids = [e.experiment_id for e in client.search_experiments(ViewType.ALL)]
    runs = client.search_runs(ids, run_view_type=ViewType.ALL, max_results=1000)
    wide = pandas.read_parquet(folder + "/runs.parquet").set_index("run_id")
    assert len(wide) == len(runs), wide
    points = pandas.read_parquet(folder + "/metrics.parquet")
    for run in runs:
        row = wide.loc[run.info.run_id]
        assert row["run_name"] == run.info.run_name and row["status"] == run.info.status, row
        assert row["start_time"].timestamp() * 1000 == run.info.start_time, row
        for key, value in run.data.params.items():
            assert row["params." + key] == value, key
        for key, value in run.data.metrics.items():
            assert str(float(row["metrics." + key])) == str(value), (key, row["metrics." + key], value)
        for key in run.data.metrics:
            history = {(p.step, p.timestamp, str(p.value)) for p in client.get_metric_history(run.info.run_id, key)}
            mine = points[(points.run_id == run.info.run_id) & (points.key == key)]
            assert {(s, int(t.timestamp() * 1000), str(float(v))) for s, t, v in zip(mine.step, mine.timestamp, mine.value)} == history, key
    versions = pandas.read_parquet(folder + "/model_versions.parquet")
    assert set(versions[versions["name"] == "iris"]["version"]) == {1, 2, 3}, versions
    assert "also,champion" in ["".join(sorted(a.split(",")) and ",".join(sorted(a.split(",")))) for a in versions["aliases"]], versions


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(sys.argv[2])
        MlflowClient(sys.argv[3]).search_experiments()
    else:
        expected, actual = describe(sys.argv[2]), describe(sys.argv[3])
        assert len(expected) > 20, expected
        different = {k: (expected.get(k), actual.get(k)) for k in expected.keys() | actual.keys() if expected.get(k) != actual.get(k)}
        assert not different, "\n".join(f"{k}\n  {a}\n  {b}" for k, (a, b) in different.items())
        compare_parquet(sys.argv[2], sys.argv[4])
