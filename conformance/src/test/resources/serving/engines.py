"""engines.py FOLDER SEED CODE: random models, what the worker exports of them, and what MLflow's scoring answers for random rows.

Writes FOLDER/models.jsonl, a line a model: {"name", "folder", "engine", "cases": [[body, status, answer], …]}.
"""

import json
import os
import sys
import warnings

folder, seed, code = sys.argv[1], int(sys.argv[2]), sys.argv[3]
sys.path.insert(0, code)
warnings.filterwarnings("ignore")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import lightgbm
import mlflow
import numpy as np
import onnx
import pandas as pd
import xgboost
from kiroku_worker import engines
from kiroku_worker.served_model import ServedModel
from mlflow.models import infer_signature
from onnx import TensorProto, helper
from sklearn import ensemble

random = np.random.default_rng(seed)
ROWS, ODD = 60, 12


def frame():
    """Features of many sizes, some whole, some hardly more than nothing."""
    width, n = int(random.integers(2, 7)), 300
    X = pd.DataFrame(random.normal(size=(n, width)) * 10.0 ** random.integers(-3, 4, width), columns=[f"f{i}" for i in range(width)])
    X["f0"] = random.integers(-3, 4, n).astype(float)
    return X


def target(X, classes):
    score = X.rank(pct=True).to_numpy() @ random.normal(size=X.shape[1]) + random.normal(size=len(X)) * 0.1
    return score if classes == 0 else pd.qcut(score, classes, labels=False)


def xgb():
    X, objective = frame(), random.choice(["reg:squarederror", "reg:absoluteerror", "count:poisson", "reg:gamma", "binary:logistic",
                                           "multi:softprob", "multi:softmax", "binary:logitraw"])
    classes = {"binary:logistic": 2, "binary:logitraw": 2}.get(objective, int(random.integers(3, 5)) if objective.startswith("multi") else 0)
    y = target(X, classes)
    if objective in ("count:poisson", "reg:gamma"):
        y = np.exp(y / 3)
    options = {"max_depth": int(random.integers(1, 7)), "tree_method": random.choice(["hist", "exact"]), "subsample": 0.8}
    rounds = int(random.integers(1, 40))
    fit = X if random.random() < 0.6 else X.to_numpy()
    if random.random() < 0.5 and objective != "binary:logitraw":
        kind = xgboost.XGBClassifier if classes else xgboost.XGBRegressor
        if random.random() < 0.3:
            options["early_stopping_rounds"] = 2
        model = kind(n_estimators=rounds, objective="multi:softprob" if classes > 2 else objective, **options)
        model.fit(fit, y, eval_set=[(fit[:50], y[:50])], verbose=False)
    else:
        more = {"num_class": classes} if objective.startswith("multi") else {}
        model = xgboost.train({"objective": objective, **options, **more}, xgboost.DMatrix(fit, y), rounds)
    return mlflow.xgboost, model, fit


def lgbm():
    X, objective = frame(), random.choice(["regression", "poisson", "quantile", "binary", "multiclass", "huber"])
    classes = {"binary": 2, "multiclass": int(random.integers(3, 5))}.get(objective, 0)
    y = target(X, classes)
    if objective == "poisson":
        y = np.exp(y / 3)
    options = {"num_leaves": int(random.integers(2, 32)), "verbose": -1, "min_child_samples": 5, "objective": objective}
    rounds = int(random.integers(1, 40))
    if random.random() < 0.5:
        if classes:
            y = np.array(["a", "é", "c", "d"])[y]
        model = (lightgbm.LGBMClassifier if classes else lightgbm.LGBMRegressor)(n_estimators=rounds, **options).fit(X, y)
    else:
        model = lightgbm.train({**options, **({"num_class": classes} if classes > 2 else {})}, lightgbm.Dataset(X, y), rounds)
    return mlflow.lightgbm, model, X


def sklearn():
    X, classes, fitted = frame(), int(random.choice([0, 2, 4])), int(random.integers(1, 30))
    kinds = [ensemble.GradientBoostingRegressor, ensemble.RandomForestRegressor] if classes == 0 else \
        [ensemble.GradientBoostingClassifier, ensemble.ExtraTreesClassifier]
    return mlflow.sklearn, random.choice(kinds)(n_estimators=fitted, max_depth=4).fit(X, target(X, classes)), X


def graph():
    """A perceptron with two outputs, of which one may be labels."""
    width, hidden, out = (int(n) for n in random.integers(2, 9, 3))
    X = random.normal(size=(20, width)).astype(np.float32)
    constant = lambda name, *shape: onnx.numpy_helper.from_array(random.normal(size=shape).astype(np.float32), name)
    nodes = [helper.make_node("Gemm", ["x", "a", "b"], ["h"]), helper.make_node("Relu", ["h"], ["r"]),
             helper.make_node("Gemm", ["r", "c", "d"], ["y"]), helper.make_node("ArgMax", ["y"], ["label"], axis=1, keepdims=0)]
    outputs = [helper.make_tensor_value_info("label", TensorProto.INT64, ["n"])] if random.random() < 0.5 else []
    outputs.append(helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", out]))
    made = helper.make_graph(nodes[: 3 + (len(outputs) == 2)], "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", width])], outputs,
                             [constant("a", width, hidden), constant("b", hidden), constant("c", hidden, out), constant("d", out)])
    return mlflow.onnx, helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), X


def cell(thresholds):
    kind, t = random.integers(0, 10), float(random.choice(thresholds))
    if kind < 5:
        return [t, float(np.nextafter(t, np.inf)), float(np.nextafter(t, -np.inf)), float(np.float32(t)),
                float(np.nextafter(np.float32(t), np.float32(np.inf)))][kind]
    return [t + random.normal(), int(random.integers(-1000, 1000)), random.normal() * 10.0 ** random.integers(-45, 30), -0.0, 1e-36][kind - 5]


def body(form, names, rows):
    if form == "records":
        return {"dataframe_records": [dict(zip(names, row)) for row in rows]}
    return {form: rows} if form in ("inputs", "instances") else {form: {"columns": names, "data": rows}}


def cases(served, engine, names):
    thresholds = [t for tree in (engine or {}).get("trees", []) for t, l in zip(tree["threshold"], tree["left"]) if l >= 0] or [0.0]
    thresholds = [t for t in thresholds if np.isfinite(np.float32(t))] or [0.0]
    onnx_model = (engine or {}).get("engine") == "onnx"
    value = (lambda: float(random.normal() * 10.0 ** random.integers(-3, 3))) if onnx_model else (lambda: cell(thresholds))
    bodies = []
    for form in ("inputs", "instances", "dataframe_split", "records"):
        bodies.append(body(form, names, [[value() for _ in names] for _ in range(ROWS)]))
        bodies.append(body(form, names, [[value() for _ in names]]))
    for odd in [None, float("nan"), float("inf"), 1e300, 2**60, "text", True]:
        rows = [[value() for _ in names] for _ in range(2)]
        rows[0][0] = odd
        bodies.append(body(random.choice(["inputs", "dataframe_split"]), names, rows))
    for text in map(json.dumps, bodies):
        status, _, answer = served.predict_raw("application/json", text.encode())
        yield [text, status, answer]


def main():
    with open(f"{folder}/models.jsonl", "w", encoding="utf-8") as file:
        for i, make in enumerate([xgb] * 9 + [lgbm] * 6 + [sklearn] * 3 + [graph] * 3):
            flavor, model, X = make()
            signed = random.choice(["no", "columns", "tensor"] if flavor is not mlflow.onnx else ["no", "tensor"])
            if signed == "columns" and isinstance(X, np.ndarray):
                signed = "no"
            example = {"no": None, "columns": X, "tensor": np.asarray(X)}[signed]
            path = f"{folder}/{i}"
            more = {"serialization_format": "cloudpickle"} if flavor is mlflow.sklearn else {}
            flavor.save_model(model, path, signature=None if example is None else infer_signature(example), pip_requirements=["mlflow"], **more)
            served = ServedModel(path)
            engine = json.loads(engines.export(served))
            names = list(X.columns) if hasattr(X, "columns") else [f"f{j}" for j in range(X.shape[1])]
            kind = f"{i} {flavor.__name__} {type(model).__name__} {getattr(model, 'objective', '')} signature: {signed}"
            file.write(json.dumps({"name": kind, "folder": path, "engine": engine, "cases": list(cases(served, engine, names))}) + "\n")


main()
