"""sources.py make FOLDER: the model "two" as a folder.
sources.py log URI FOLDER TOLD: models "one" as clients of today log them, "two" as older ones did, with aliases and stages; tells the ids as JSON.

The user and password come by MLflow's variables. A model's MLmodel has its mark among its metadata.
"""

import json
import os
import sys
import warnings

warnings.filterwarnings("ignore")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import mlflow

class Same(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [1] * len(model_input)


def make(folder):
    mlflow.pyfunc.save_model(f"{folder}/two", python_model=Same(), pip_requirements=["mlflow"], metadata={"mark": "two"})


def log(uri, folder, result):
    mlflow.set_tracking_uri(uri)
    client = mlflow.MlflowClient()
    with mlflow.start_run() as run:
        logged = mlflow.pyfunc.log_model(name="new", python_model=Same(), registered_model_name="m", pip_requirements=["mlflow"], metadata={"mark": "one"})
        mlflow.log_artifacts(f"{folder}/two", "deep/old model")
        client.create_model_version("m", f"runs:/{run.info.run_id}/deep/old model", run.info.run_id)
    client.set_registered_model_alias("m", "champion", 1)
    client.transition_model_version_stage("m", 1, "Production")
    client.transition_model_version_stage("m", 2, "Staging")
    with open(result, "w") as file:
        json.dump({"run": run.info.run_id, "id": logged.model_id}, file)


{"make": make, "log": log}[sys.argv[1]](*sys.argv[2:])
