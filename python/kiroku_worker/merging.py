"""Decides whether requests may be merged: only when the prediction for a row does not depend on the other rows."""

import json
import math
import os

from kiroku_worker.fitted_model import fitted

# Flavors whose predict works row by row. A custom model may do otherwise, so it is merged only with --batching on.
ROW_WISE = {"mlflow.sklearn", "mlflow.xgboost", "mlflow.lightgbm", "mlflow.onnx", "mlflow.catboost", "mlflow.pytorch"}
PROBE_ROWS = 8


def decide(served, mode):
    """Returns whether to merge, and why or why not. mode: auto, on or off."""
    if mode == "off":
        return False, "batching is off"
    if not served.accepts_tables():
        return False, "the model's own MLflow parses the requests"
    loader = getattr(served.model, "loader_module", None)
    if mode == "auto" and loader not in ROW_WISE:
        return False, f"{loader} may use several rows at once; use --batching on if it does not"
    rows = probe_rows(served)
    if rows is None:
        if mode == "on":
            return True, "unchecked: the model has no input example, and none can be made from its signature"
        return False, "it cannot be checked: log the model with an input example or a signature, or use --batching on"
    return compare(served, rows)


def compare(served, rows):
    """Predicts rows in one call and each in its own call. Returns whether the predictions are equal, and the reason."""

    def predict(start, end):
        part = rows.iloc[start:end] if hasattr(rows, "iloc") else rows[start:end]
        return json.loads(served.encode(served.predict(part)))["predictions"]

    try:
        together = predict(0, len(rows))
        alone = [predict(i, i + 1) for i in range(len(rows))]
    except Exception as e:
        return False, f"the model does not predict rows like its input example ({type(e).__name__}: {e})"[:500]
    if not isinstance(together, list) or len(together) != len(rows):
        return False, "predict does not return one prediction for each row"
    if any(not isinstance(prediction, list) or len(prediction) != 1 for prediction in alone):
        return False, "predict does not return one prediction for each row"
    for single, merged in zip([prediction[0] for prediction in alone], together):
        if not equal(single, merged):
            return False, f"the prediction for a row is {single} alone and {merged} among others"[:500]
    return True, f"the predictions for {len(rows)} rows are equal together and alone"


def equal(a, b):
    """Compares predictions. Vectorised code may add in another order, which changes the last digits."""
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9) or (math.isnan(a) and math.isnan(b))
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
    return a == b


def probe_rows(served):
    """Returns rows for the comparison: of the input example, or random ones. None when the input is unknown."""
    for source in (rows_of_example, rows_of_signature, rows_of_feature_count):
        try:
            rows = source(served)
        except Exception:
            rows = None
        if rows is not None and len(rows) > 0:
            return rows
    return None


def rows_of_example(served):
    """Returns the rows of the model's input example, repeated."""
    import numpy as np
    import pandas as pd

    path = os.path.join(served.path, "serving_input_example.json")
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        data = served.scoring._parse_json_data(file.read(), served.model.metadata, served.schema).data
    if isinstance(data, pd.DataFrame):
        return pd.concat([data] * (1 + PROBE_ROWS // len(data)), ignore_index=True)[:PROBE_ROWS]
    if isinstance(data, np.ndarray) and data.ndim > 1:
        return np.concatenate([data] * (1 + PROBE_ROWS // len(data)))[:PROBE_ROWS]
    return None


def rows_of_signature(served):
    """Returns random rows for a signature of numbers."""
    import numpy as np
    import pandas as pd

    if served.schema is None:
        return None
    random = np.random.default_rng(7)
    if served.schema.is_tensor_spec():
        spec = served.schema.inputs[0]
        if len(served.schema.inputs) != 1 or spec.shape[0] != -1 or -1 in spec.shape[1:] or spec.name:
            return None
        return random.normal(size=(PROBE_ROWS, *spec.shape[1:])).astype(spec.type)
    columns = {}
    for name, column_type in zip(served.schema.input_names(), served.schema.pandas_types()):
        dtype = np.dtype(column_type)
        if dtype.kind == "f":
            columns[name] = random.normal(size=PROBE_ROWS).astype(dtype)
        elif dtype.kind in "iu":
            columns[name] = random.integers(0, 4, PROBE_ROWS).astype(dtype)
        else:
            return None
    return pd.DataFrame(columns)


def rows_of_feature_count(served):
    """Returns random rows with as many features as the fitted model says."""
    import numpy as np
    import pandas as pd

    model = fitted(served)
    count = getattr(model, "n_features_in_", None)
    if count is None and hasattr(model, "num_features"):
        count = model.num_features()
    if count is None and callable(getattr(model, "num_feature", None)):
        count = model.num_feature()
    values = np.random.default_rng(7).normal(size=(PROBE_ROWS, int(count)))
    names = getattr(model, "feature_names_in_", None)
    return values if names is None else pd.DataFrame(values, columns=list(names))
