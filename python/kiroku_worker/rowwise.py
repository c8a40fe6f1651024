"""Whether requests may be merged: only when a row's prediction does not depend on its neighbours, and a look at start-up agrees."""

import json
import os

# Flavors whose predict works row by row by its nature. Custom code may do as it likes, so it is merged only when the operator says so.
ROW_WISE = {"mlflow.sklearn", "mlflow.xgboost", "mlflow.lightgbm", "mlflow.onnx", "mlflow.catboost", "mlflow.pytorch"}
PROBE_ROWS = 8


def decide(served, mode):
    """Whether to merge, and why not. mode: auto, on or off."""
    if mode == "off":
        return False, "batching is off"
    if not served.takes_tables():
        return False, "this model's requests are parsed by its own MLflow"
    loader = getattr(served.model, "loader_module", None)
    if mode == "auto" and loader not in ROW_WISE:
        return False, f"{loader} may look at several rows at once; --batching on merges requests for it"
    rows = probe(served)
    if rows is None:
        if mode == "on":
            return True, "nothing to check it with: the model has no input example, and none could be made from its signature"
        return False, "nothing to check it with: log the model with an input example or a signature, or use --batching on"
    return compare(served, rows)


def compare(served, rows):
    import numpy as np

    at = (lambda i, j: rows.iloc[i:j]) if hasattr(rows, "iloc") else (lambda i, j: rows[i:j])
    try:
        together = json.loads(served.encode(served.predict(at(0, len(rows)))))["predictions"]
        alone = [json.loads(served.encode(served.predict(at(i, i + 1))))["predictions"] for i in range(len(rows))]
    except Exception as e:
        return False, f"the model does not predict for rows like its input example ({type(e).__name__}: {e})"[:500]
    if not isinstance(together, list) or len(together) != len(rows) or any(not isinstance(a, list) or len(a) != 1 for a in alone):
        return False, "predict does not give one prediction for each row"
    for one, many in zip([a[0] for a in alone], together):
        if not same(one, many):
            return False, f"a row alone is answered with {one}, among others with {many}"[:500]
    return True, f"{len(rows)} rows were answered alike together and alone"


def same(a, b):
    """Equal, but for what the order of additions in vectorised code may change in the last digits."""
    import math

    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9) or (math.isnan(a) and math.isnan(b))
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return a == b


def probe(served):
    """Rows to try the model with: its input example's, or made from its signature or number of features. None: no idea."""
    for source in (from_example, from_signature, from_features):
        try:
            rows = source(served)
        except Exception:
            rows = None
        if rows is not None and len(rows) > 0:
            return rows
    return None


def from_example(served):
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


def from_signature(served):
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
    for name, kind in zip(served.schema.input_names(), served.schema.pandas_types()):
        kind = np.dtype(kind)
        if kind.kind not in "iuf":
            return None
        columns[name] = random.normal(size=PROBE_ROWS).astype(kind) if kind.kind == "f" else random.integers(0, 4, PROBE_ROWS).astype(kind)
    return pd.DataFrame(columns)


def from_features(served):
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


def fitted(served):
    """The model as its own library knows it, or None."""
    get = getattr(served.model, "get_raw_model", None)
    return get() if get else None
