"""Logs with MLflow's own client what its pages are then looked at with, and writes the ids as JSON. Arguments: the tracking URI, the file."""
import json
import sys
import time

import mlflow
import numpy as np
import pandas as pd
from mlflow.entities import Metric
from sklearn.linear_model import LogisticRegression

mlflow.set_tracking_uri(sys.argv[1])
client = mlflow.MlflowClient()
experiment = mlflow.set_experiment("iris-classification").experiment_id
client.set_experiment_tag(experiment, "mlflow.note.content", "Which **iris** is it?")
client.create_experiment("abandoned")
frame = pd.DataFrame({"width": [1.0, 2.0, 3.0, 4.0], "kind": [0, 1, 0, 1]})
dataset = mlflow.data.from_pandas(frame, name="iris-train", targets="kind")

runs = []
for i in range(4):
    with mlflow.start_run(run_name=f"net-{i}", tags={"team": "vision"}) as run:
        run_id = run.info.run_id
        mlflow.log_params({"C": 10**-i, "solver": "lbfgs" if i % 2 else "saga"})
        mlflow.log_input(dataset, context="training")
        now = int(time.time() * 1000)
        curves = {"loss": lambda s: 2 / (s + 1 + i), "accuracy": lambda s: 1 - 1 / (s + 2 + i), "system/cpu_utilization_percentage": lambda s: 40 + s}
        client.log_batch(run_id, metrics=[Metric(key, value(step), now + step, step) for key, value in curves.items() for step in range(20)])
        mlflow.log_text("# Notes\n\nSome words.", "notes.md")  # in each: MLflow's page of compared runs fails where a run has no file at all
        if i == 0:
            mlflow.log_text("width,kind\n1,0\n2,1\n", "table.csv")
            mlflow.log_text("<h1>A page</h1><script>document.body.textContent = 'hijacked'</script>", "page.html")
            mlflow.log_image(np.full((32, 32, 3), 128, dtype=np.uint8), "square.png")
            classifier = LogisticRegression().fit(frame[["width"]], frame["kind"])
            mlflow.sklearn.log_model(
                classifier, name="model", input_example=frame[["width"]], registered_model_name="iris", pip_requirements=["scikit-learn"])
    runs.append(run_id)
with mlflow.start_run(run_name="sweep"), mlflow.start_run(run_name="child", nested=True):
    mlflow.log_metric("accuracy", 0.5)
model = mlflow.search_logged_models(experiment_ids=[experiment], output_format="list")[0].model_id
mlflow.register_model(f"models:/{model}", "iris")
client.set_registered_model_alias("iris", "champion", 1)
with open(sys.argv[2], "w") as ids:
    json.dump({"experiment": experiment, "runs": runs, "model": model}, ids)
