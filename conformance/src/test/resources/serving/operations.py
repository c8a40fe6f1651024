"""operations.py make FOLDER: models that fail on demand, and a row-wise one that is slow.
operations.py register URI NAME ALIAS FOLDER...: registers each folder as a version and points the alias at the first."""

import os
import sys

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"


def make(folder):
    import mlflow

    class Faulty(mlflow.pyfunc.PythonModel):
        """Each row is a text, which is doubled; some texts are commands."""

        def predict(self, context, model_input, params=None):
            import time

            time.sleep(0.02)
            words = [str(word) for word in model_input.iloc[:, 0]]
            if "crash" in words:
                os._exit(3)
            if "held" in words:
                open(words[1] + ".held", "w").close()
                while os.path.exists(words[1]):
                    time.sleep(0.02)
            if "hang" in words:
                time.sleep(1000)
            if "grow" in words:
                self.held = bytearray(os.urandom(1 << 20)) * 1000
                time.sleep(1000)
            if words[0].startswith("env "):
                return ["set" if word[4:] in os.environ else "unset" for word in words]
            if "raise" in words:
                raise ValueError("no such thing")
            return [word * 2 for word in words]

    class Stuck(mlflow.pyfunc.PythonModel):
        def load_context(self, context):
            import time

            print("a model that does not end loading", flush=True)
            time.sleep(1000)

        def predict(self, context, model_input, params=None):
            return list(model_input.iloc[:, 0])

    class Version(mlflow.pyfunc.PythonModel):
        def __init__(self, number):
            self.number = number

        def predict(self, context, model_input, params=None):
            return [self.number] * len(model_input)

    def save(name, model):
        mlflow.pyfunc.save_model(f"{folder}/{name}", python_model=model, pip_requirements=["mlflow"])

    save("faulty", Faulty())
    save("stuck", Stuck())
    save("one", Version(1))
    save("two", Version(2))
    save("broken", Version(3))
    with open(f"{folder}/broken/python_model.pkl", "wb") as file:
        file.write(b"not a model")


def register(uri, name, alias, *folders):
    import mlflow

    mlflow.set_tracking_uri(uri)
    client = mlflow.MlflowClient()
    client.create_registered_model(name)
    for number, folder in enumerate(folders):
        with mlflow.start_run() as run:
            mlflow.log_artifacts(folder, f"model{number}")
        client.create_model_version(name, f"{run.info.artifact_uri}/model{number}", run.info.run_id)
    client.set_registered_model_alias(name, alias, 1)


if __name__ == "__main__":
    {"make": make, "register": register}[sys.argv[1]](*sys.argv[2:])
