"""A training job without a network: python make_offline.py, in an empty folder. Leaves offline.db and mlruns."""
import mlflow
from mlflow.tracking import MlflowClient

mlflow.set_tracking_uri("sqlite:///offline.db")
mlflow.set_experiment("offline")


class Doubler(mlflow.pyfunc.PythonModel):
    def predict(self, model_input: list[float]) -> list[float]:
        return [2 * x for x in model_input]


with mlflow.start_run(run_name="train") as run:
    mlflow.log_params({"lr": 0.1, "depth": 3})
    for step in range(20):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_text("all well", "logs/train é.txt")
    mlflow.log_text("", "empty.txt")
    info = mlflow.pyfunc.log_model(name="doubler", python_model=Doubler(), registered_model_name="doubler", pip_requirements=["mlflow"])
    mlflow.log_metric("accuracy", 0.75, model_id=info.model_id)
client = MlflowClient()
client.set_registered_model_alias("doubler", "champion", "1")
with mlflow.start_run(run_name="failed") as failed:
    mlflow.log_text("oh no", "trace.txt")
client.set_terminated(failed.info.run_id, "FAILED")
with mlflow.start_run(run_name="mistake") as mistake:
    mlflow.log_metric("loss", 9)
client.delete_run(mistake.info.run_id)
mlflow.genai.register_prompt(name="ask", template="Is {{x}} right?")
