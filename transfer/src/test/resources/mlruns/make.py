import sys, os
import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, DatasetInput, Dataset, InputTag
root = sys.argv[1]
os.chdir(root)
v3 = mlflow.__version__.startswith("3")
mlflow.set_tracking_uri("file:./mlruns"); 
c = MlflowClient()
e = c.create_experiment("first", tags={"team": "vision"})
c.set_experiment_tag(e, "mlflow.note.content", "two\nlines: 'quoted'")
gone = c.create_experiment("gone")
r = c.create_run(e, start_time=1700000000000, run_name="parent", tags={"a/b": "slash", "mlflow.user": "ann"})
i = r.info.run_id
c.log_batch(i, metrics=[Metric("loss", 0.5 / (s + 1), 1700000000000 + s, s) for s in range(20)]
  + [Metric("odd", v, 1700000001000, s) for v, s in [(float("nan"), 1), (float("inf"), 2), (float("-inf"), 3), (1.0, -1), (1.0, -1), (2.0, -1)]]
  + [Metric("val/acc", 0.75, 1700000002000, 0)],
  params=[Param("lr", "0.1"), Param("text", "two\nlines \u00e9"), Param("opt/name", "sgd"), Param("empty", "")])
c.log_inputs(i, [DatasetInput(Dataset("iris", "d1", "local", "{\"uri\": \"x\"}", "{\"a\": 1}", None), [InputTag("mlflow.data.context", "training")])]) if hasattr(c, "log_inputs") else None
open("a.txt", "w").write("artifact")
c.log_artifact(i, "a.txt", "sub"); os.remove("a.txt")
child = c.create_run(e, start_time=1700000003000, run_name="child", tags={"mlflow.parentRunId": i})
c.set_terminated(child.info.run_id, "FAILED", 1700000004000)
c.set_terminated(i, "FINISHED", 1700000005000)
d = c.create_run(e, start_time=1700000006000, run_name="deleted"); c.log_metric(d.info.run_id, "m", 1, 1700000006500); c.delete_run(d.info.run_id)
g = c.create_run(gone, start_time=1700000007000, run_name="in deleted"); c.delete_experiment(gone)
c.create_run(e, start_time=1700000008000, run_name="running")
src = None
if v3:
    m = c.create_logged_model(experiment_id=e, name="net", source_run_id=i, tags={"k": "v"}, params={"depth": "3"}, model_type="Agent")
    c.finalize_logged_model(m.model_id, "READY")
    c.log_metric(i, "val/acc", 0.8, 1700000002500, 1, model_id=m.model_id, dataset_name="iris", dataset_digest="d1")
    from mlflow.entities import LoggedModelOutput, LoggedModelInput
    c.log_outputs(i, [LoggedModelOutput(m.model_id, 1)])
    src = f"models:/{m.model_id}"
c.create_registered_model("iris", tags={"task": "classification"}, description="a model\nof irises")
def version(source, run_id, **kw):
    return c._get_registry_client().store.create_model_version("iris", source, run_id, **kw)
os.makedirs(f"mlruns/{e}/{i}/artifacts/model", exist_ok=True); open(f"mlruns/{e}/{i}/artifacts/model/MLmodel", "w").write("flavors: {}\n")
base = c.get_run(i).info.artifact_uri + "/model"
version(base, i, description="first")
version(base, i)
if src: version(src, i)
version(base, i); last = "4" if src else "3"; c.delete_model_version("iris", last)
c.set_registered_model_alias("iris", "champion", "2")
c.set_model_version_tag("iris", "1", "ok", "yes")
import warnings; warnings.simplefilter("ignore")
c.transition_model_version_stage("iris", "2", "Production")
c.create_registered_model("unused")
