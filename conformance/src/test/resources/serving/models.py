"""models.py make FOLDER: saves a model of each kind below the folder.
models.py serve FOLDER --host H --port P: MLflow's own scoring application for each of them, at /models/{name}/."""

import os
import sys
import warnings

warnings.filterwarnings("ignore")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec
from mlflow.types.schema import Array, Object, Property


class Echo(mlflow.pyfunc.PythonModel):
    """Tells what it was given, so that any difference in reading a request is seen in the answer."""

    def predict(self, context, model_input, params=None):
        return {"what": describe(model_input), "params": params}


class Rows(mlflow.pyfunc.PythonModel):
    """A frame for a frame, with values of many kinds."""

    def predict(self, context, model_input, params=None):
        n = len(model_input)
        return pd.DataFrame({"text": ["é\n"] * n, "nan": [float("nan")] * n, "time": [pd.Timestamp("2026-01-02 03:04:05")] * n, "n": range(n)})


class Odd(mlflow.pyfunc.PythonModel):
    """Answers as the first cell says."""

    def predict(self, context, model_input, params=None):
        word = str(model_input.iloc[0, 0])
        if word == "raise":
            raise ValueError("no such thing")
        return {
            "bytes": [b"\x00\xff"], "none": None, "number": 1.5, "numpy": np.float32(0.1), "int": np.int64(3), "list": [1, "a", None, True],
            "array": np.array([[1.0, np.inf], [-0.0, 1e300]]), "series": pd.Series([1, 2], name="s"), "dict": {"a": np.arange(3), "b": {"c": 1}},
            "dates": np.array(["2026-01-02"], dtype="datetime64[D]"), "objects": np.array(["a", 1, None], dtype=object), "set": {1},
            "big": 10**30, "text": "日本",
        }[word]


def describe(value):
    if isinstance(value, pd.DataFrame):
        return {"frame": {str(c): str(t) for c, t in value.dtypes.items()}, "index": [str(i) for i in value.index],
                "rows": [[str(describe(cell)) for cell in row] for row in value.itertuples(index=False)]}
    if isinstance(value, np.ndarray):
        return {"array": str(value.dtype), "shape": list(value.shape), "values": [str(v) for v in value.ravel().tolist()]}
    if isinstance(value, dict):
        return {"dict": {str(k): describe(v) for k, v in value.items()}}
    if isinstance(value, list):
        return {"list": [describe(v) for v in value]}
    return f"{type(value).__name__} {value}"


COLUMNS = Schema([ColSpec(DataType.long, "n"), ColSpec(DataType.double, "x"), ColSpec(DataType.string, "s"),
                  ColSpec(DataType.datetime, "t", required=False), ColSpec(DataType.boolean, "b", required=False)])
NARROW = Schema([ColSpec(DataType.integer, "i"), ColSpec(DataType.float, "f"), ColSpec(DataType.binary, "raw", required=False)])
NESTED = Schema([ColSpec(Object([Property("name", DataType.string), Property("tags", Array(DataType.string), required=False)]), "who"),
                 ColSpec(Array(DataType.double), "values")])
TENSOR = Schema([TensorSpec(np.dtype("float64"), (-1, 2, 2))])
NAMED = Schema([TensorSpec(np.dtype("float32"), (-1, 2), "a"), TensorSpec(np.dtype("int64"), (-1,), "b")])
PARAMS = ParamSchema([ParamSpec("k", DataType.long, 3), ParamSpec("mode", DataType.string, "plain"), ParamSpec("weights", DataType.double, [0.5], (-1,))])


def onnx_perceptron(inputs, outputs):
    from onnx import TensorProto, helper, numpy_helper

    random = np.random.default_rng(1)
    weights = {"a": (inputs, 16), "b": (16,), "c": (16, outputs), "d": (outputs,)}
    nodes = [helper.make_node("Gemm", ["x", "a", "b"], ["h"]), helper.make_node("Relu", ["h"], ["r"]), helper.make_node("Gemm", ["r", "c", "d"], ["y"])]
    graph = helper.make_graph(nodes, "perceptron", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", inputs])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", outputs])],
                              [numpy_helper.from_array(random.normal(size=shape).astype(np.float32), name) for name, shape in weights.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def make(folder):
    import lightgbm
    import xgboost
    from sklearn.datasets import load_iris
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
    from sklearn.linear_model import LinearRegression
    from sklearn.tree import DecisionTreeClassifier

    X, y = load_iris(return_X_y=True, as_frame=True)
    words = np.array(["setosa", "versicolor", "virginica"])[y]

    def sklearn(name, model, **more):
        mlflow.sklearn.save_model(model, f"{folder}/{name}", serialization_format="cloudpickle", pip_requirements=["scikit-learn"], **more)

    def pyfunc(name, model, signature=None):
        mlflow.pyfunc.save_model(f"{folder}/{name}", python_model=model, signature=signature, pip_requirements=["mlflow"])

    signed = mlflow.models.infer_signature(X, y)
    sklearn("forest", RandomForestClassifier(30, max_depth=5, random_state=1).fit(X.values, y))
    sklearn("forest-signed", RandomForestClassifier(30, random_state=1).fit(X, words), signature=signed)
    sklearn("forest-regressor", RandomForestRegressor(20, random_state=1).fit(X, X.iloc[:, 0] / 3), signature=signed)
    sklearn("tree", DecisionTreeClassifier(random_state=1).fit(X.values, y))
    sklearn("linear", LinearRegression().fit(X.values, y))
    sklearn("boosted", GradientBoostingClassifier(n_estimators=20, random_state=1).fit(X, words), signature=signed)
    mlflow.xgboost.save_model(xgboost.XGBClassifier(n_estimators=20, max_depth=3).fit(X, y), f"{folder}/xgb", signature=signed, pip_requirements=["xgboost"])
    mlflow.lightgbm.save_model(lightgbm.LGBMRegressor(n_estimators=10, verbose=-1).fit(X.values, y / 3), f"{folder}/lgbm-regressor",
                               pip_requirements=["lightgbm"])
    narrow = X.values.astype(np.float32)
    perceptron = onnx_perceptron(4, 3)
    mlflow.onnx.save_model(perceptron, f"{folder}/onnx-tensor", pip_requirements=["onnxruntime"], signature=mlflow.models.infer_signature(narrow))
    mlflow.onnx.save_model(perceptron, f"{folder}/onnx-columns", pip_requirements=["onnxruntime"], signature=signed)
    pyfunc("echo", Echo())
    pyfunc("echo-columns", Echo(), ModelSignature(COLUMNS, params=PARAMS))
    pyfunc("echo-narrow", Echo(), ModelSignature(NARROW))
    pyfunc("echo-nested", Echo(), ModelSignature(NESTED))
    pyfunc("echo-tensor", Echo(), ModelSignature(TENSOR))
    pyfunc("echo-named", Echo(), ModelSignature(NAMED))
    pyfunc("rows", Rows())
    pyfunc("odd", Odd())


def serve(folder, port):
    import uvicorn
    from fastapi import FastAPI
    from mlflow.pyfunc import load_model, scoring_server

    app = FastAPI()
    app.get("/health")(lambda: "ok")
    for name in sorted(os.listdir(folder)):
        app.mount(f"/models/{name}", scoring_server.init(load_model(f"{folder}/{name}")))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2])
    else:
        serve(sys.argv[2], int(sys.argv[sys.argv.index("--port") + 1]))
