"""load.py make FOLDER MODEL…: trains and saves the models.
load.py measure SERVER MODEL PORT SECONDS: one line for each kind of load, from one client process with keep-alive connections."""

import asyncio
import json
import os
import sys
import time
import warnings

warnings.filterwarnings("ignore")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
ROW = [5.1, 3.5, 1.4, 0.2]
NAMES = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]


def make(folder, *names):
    import mlflow
    import numpy as np
    from mlflow.models import infer_signature
    from sklearn.datasets import load_iris

    X, y = load_iris(return_X_y=True, as_frame=True)
    for name in names:
        path = f"{folder}/{name}"
        if name == "iris":
            from sklearn.ensemble import RandomForestClassifier

            model = RandomForestClassifier(100, max_depth=5, random_state=42).fit(X.values, y)
            mlflow.sklearn.save_model(model, path, serialization_format="cloudpickle", pip_requirements=["scikit-learn"])
        elif name == "xgb":
            import xgboost

            mlflow.xgboost.save_model(xgboost.XGBClassifier(n_estimators=50, max_depth=4).fit(X, y), path, signature=infer_signature(X, y),
                                      pip_requirements=["xgboost"])
        elif name == "lgbm":
            import lightgbm

            mlflow.lightgbm.save_model(lightgbm.LGBMClassifier(n_estimators=20, verbose=-1).fit(X, y), path, signature=infer_signature(X, y),
                                       pip_requirements=["lightgbm"])
        elif name == "onnx":
            from skl2onnx import to_onnx
            from sklearn.neural_network import MLPRegressor

            data = X.values.astype(np.float32)
            mlp = MLPRegressor((32, 16), max_iter=200).fit(data, y.values.astype(np.float32))
            mlflow.onnx.save_model(to_onnx(mlp, data[:1]), path, pip_requirements=["onnxruntime"],
                                   signature=infer_signature(data, mlp.predict(data).reshape(-1, 1).astype(np.float32)))
        elif name == "pyfunc":

            class Row(mlflow.pyfunc.PythonModel):
                def predict(self, context, model_input, params=None):
                    return [0] * len(model_input)

            mlflow.pyfunc.save_model(path, python_model=Row(), pip_requirements=["mlflow"])


def body(model, rows):
    if model in ("iris", "onnx"):
        return json.dumps({"inputs": [ROW] * rows}).encode()
    return json.dumps({"dataframe_split": {"columns": NAMES, "data": [ROW] * rows}}).encode()


async def one(port, request, until, times, errors):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        await reader.readexactly(length)
        (times if b" 200 " in head[:16] else errors).append(time.perf_counter() - began)
    writer.close()


async def load(server, model, port, seconds, clients, rows):
    data = body(model, rows)
    request = (f"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n").encode() + data
    for measured in (False, True):  # first a while to warm up
        times, errors = [], []
        began = time.perf_counter()
        await asyncio.gather(*(one(port, request, began + (seconds if measured else seconds / 2), times, errors) for _ in range(clients)))
        took = time.perf_counter() - began
    times.sort()
    at = lambda q: times[min(len(times) - 1, int(len(times) * q))] * 1000
    print(f"{server:14} {model:7} {clients:3} clients x {rows:4} rows: {len(times) / took:9.1f} requests/s   p50 {at(0.5):8.2f} ms   p99 {at(0.99):8.2f} ms"
          f"   errors {len(errors)}", flush=True)


def measure(server, model, port, seconds):
    for clients, rows in ((1, 1), (64, 1), (4, 1000)):
        asyncio.run(load(server, model, int(port), float(seconds), clients, rows))


if __name__ == "__main__":
    {"make": make, "measure": measure}[sys.argv[1]](*sys.argv[2:])
