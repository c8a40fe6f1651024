"""Fills a tracking store with the real client of the installed MLflow: python fixture.py sqlite:///path/mlflow.db"""
import math
import os
import sys
import time

import mlflow
from mlflow.entities import Metric, Param, RunTag, Dataset, DatasetInput, InputTag
from mlflow.tracking import MlflowClient

uri = sys.argv[1]
mlflow.set_tracking_uri(uri)
if hasattr(mlflow, "set_registry_uri"):
    mlflow.set_registry_uri(uri)
client = MlflowClient()
T = 1_700_000_000_000

first = client.create_experiment("vision", artifact_location="s3://models/vision", tags={"team": "vision", "mlflow.note.content": "# Notes\nビジョン"})
gone = client.create_experiment("abandoned", artifact_location="s3://models/abandoned")
empty = client.create_experiment("no runs yet: ünïcödé/slash")

def run(experiment, name, start, status="FINISHED", tags=None):
    r = client.create_run(experiment, start_time=start, tags={"mlflow.user": "ann", "mlflow.source.name": "train.py", **(tags or {})}, run_name=name)
    return r.info.run_id

parent = run(first, "parent", T)
client.log_batch(parent, params=[Param("optimizer", "adam"), Param("lr", "0.001"), Param("empty", ""), Param("long", "x" * 400)], tags=[RunTag("phase", "search"), RunTag("quoted", "it's \"q\" \\ \n\t ✓")])
points = [Metric("loss", math.exp(-s / 40), T + 1000 * s, s) for s in range(300)]
client.log_batch(parent, metrics=points)
client.log_batch(parent, metrics=[
    Metric("odd", math.nan, T, 0), Metric("odd", math.inf, T + 1, 1), Metric("odd", -math.inf, T + 2, 2),
    Metric("odd", 1.5, T + 3, -3), Metric("odd", 1.5, T + 3, -3), Metric("odd", 2.5, T + 3, -3), Metric("odd", -0.0, T + 9, 1),
])
client.log_batch(parent, metrics=[Metric("train/acc", 0.5, T + 5, 0), Metric("train/acc", 0.75, T + 4, 1)])
client.set_terminated(parent, "FINISHED", T + 400_000)
for i in range(3):
    child = run(first, f"child-{i}", T + 10 + i, tags={"mlflow.parentRunId": parent})
    client.log_metric(child, "loss", 1 / (i + 1), timestamp=T + i, step=i)
    client.log_param(child, "lr", str(10.0 ** -i))
    client.set_terminated(child, ["FINISHED", "FAILED", "KILLED"][i], T + 100 + i)
running = run(first, "still running", T + 50)
client.log_metric(running, "loss", 0.25, timestamp=T, step=0)
trashed = run(first, "deleted run", T + 60)
client.log_metric(trashed, "loss", 9.0, timestamp=T, step=0)
client.set_terminated(trashed, "FINISHED", T + 70)
client.delete_run(trashed)
of_gone = run(gone, "run of a deleted experiment", T)
client.log_param(of_gone, "a", "b")
client.set_terminated(of_gone, "FINISHED", T + 5)
client.delete_experiment(gone)
in_default = run("0", "in Default", T)
client.set_terminated(in_default, "FINISHED", T + 5)

if hasattr(client, "log_inputs"):
    dataset = Dataset(name="iris", digest="d41d8cd9", source_type="http", source='{"url": "https://example.com/iris.csv"}', schema='{"mlflow_colspec": []}', profile='{"num_rows": 150}')
    client.log_inputs(parent, [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])
    other = Dataset(name="holdout", digest="cafe", source_type="local", source="{}")
    client.log_inputs(parent, [DatasetInput(other, [InputTag("mlflow.data.context", "testing")])])

models = []
if hasattr(client, "create_logged_model"):
    m = client.create_logged_model(first, name="forest", source_run_id=parent, tags={"kind": "tree"}, params={"trees": "100"}, model_type="agent")
    client.finalize_logged_model(m.model_id, "READY")
    client.log_batch(parent, metrics=[Metric("f1", 0.9, T + 7, 3, model_id=m.model_id, dataset_name="iris", dataset_digest="d41d8cd9", run_id=parent)])
    pending = client.create_logged_model(first, name="half", source_run_id=parent)
    dropped = client.create_logged_model(first, name="dropped", source_run_id=parent)
    client.delete_logged_model(dropped.model_id)
    from mlflow.entities import LoggedModelInput, LoggedModelOutput
    client.log_outputs(parent, [LoggedModelOutput(m.model_id, 3)])
    child_runs = client.search_runs([first], filter_string="attributes.run_name = 'child-0'")
    client.log_inputs(child_runs[0].info.run_id, models=[LoggedModelInput(m.model_id)])
    models = [m]

client.create_registered_model("iris", tags={"task": "classification"}, description="Classifies *iris*.")
for i in range(3):
    v = client.create_model_version("iris", source=f"s3://models/vision/{i}", run_id=parent if i else None, tags={"n": str(i)}, description=f"version {i + 1}")
client.create_model_version("iris", source="s3://models/vision/3", run_id=parent, run_link="https://example.com/run")
client.delete_model_version("iris", "2")
if hasattr(client, "set_registered_model_alias"):
    client.set_registered_model_alias("iris", "champion", "3")
    client.set_registered_model_alias("iris", "challenger", "1")
try:
    client.transition_model_version_stage("iris", "3", "Production")
    client.transition_model_version_stage("iris", "1", "Archived")
except Exception as e:
    print("stages:", e)
client.create_registered_model("without versions")
if hasattr(mlflow, "genai") and hasattr(mlflow.genai, "register_prompt"):
    mlflow.genai.register_prompt(name="greeting", template="Hello {{name}}", commit_message="first", tags={"lang": "en"})
    mlflow.genai.register_prompt(name="greeting", template="Hi {{name}}")
    mlflow.genai.set_prompt_alias("greeting", "live", 2)
try:
    client.create_webhook
except AttributeError:
    pass
else:
    from mlflow.entities.webhook import WebhookEvent
    os.environ.setdefault("MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY", "")
    client.create_webhook("notify", "https://93.184.216.34/hook", ["model_version.created", "registered_model.created"], description="tells", secret="s3cret")
    client.create_webhook("plain", "https://93.184.216.34/plain", ["model_version_tag.set"])
if hasattr(client, "start_trace"):
    try:
        t = client.start_trace("traced", experiment_id=first)
        client.end_trace(getattr(t, "trace_id", None) or t.request_id)
    except Exception as e:
        print("trace:", e)
time.sleep(1)
print("done", mlflow.__version__)
