"""What an engine inside the server needs to answer for a model: plain numbers, or the name of a file in a format that is safe to open.

None where it could not give the same answers. The server compares an engine's answers with Python's before it is used.
"""

import json

LABELS = (int, float, str, bool)


def export(served):
    """A JSON text: null, or what the server's engine needs."""
    from kiroku_worker import boosted, forests, onnx_graphs

    try:
        loader = getattr(served.model, "loader_module", None)
        if loader == "mlflow.sklearn":
            if served.model.metadata.flavors["python_function"].get("predict_fn", "predict") != "predict":
                return "null"
            return json.dumps(forests.export(served) or boosted.from_sklearn(served))
        kinds = {"mlflow.xgboost": boosted.from_xgboost, "mlflow.lightgbm": boosted.from_lightgbm, "mlflow.onnx": onnx_graphs.export}
        return json.dumps(kinds[loader](served) if loader in kinds else None)
    except Exception:
        return "null"


def labels(values):
    """The texts of a classifier's labels in an answer, or None when they are of a kind that JSON knows nothing of."""
    values = values.tolist()
    return [json.dumps(v) for v in values] if all(isinstance(v, LABELS) for v in values) else None


def table(served, count, names, bare=True, narrow=True, zero=0.0):
    """Which requests of rows of so many numbers are taken, or None.

    names: of the columns when the model was fitted, or None. bare: whether the model takes rows without names, though it was fitted with some.
    narrow: whether the model sees 32-bit floats. zero: what is no larger than this is 0 to the model.
    """
    schema, bare = served.schema, bare or names is None
    if schema is not None:
        if schema.is_tensor_spec():
            if len(schema.inputs) != 1 or schema.inputs[0].name or str(schema.inputs[0].type) != "float64":
                return None
        else:
            from mlflow.types import DataType

            if any(t != DataType.double for t in schema.input_types()) or schema.optional_input_names():
                return None
            if names is not None and list(names) != schema.input_names():
                return None
            names = schema.input_names() if schema.has_input_names() else names
    return {
        "shape": [int(count)],
        "names": None if names is None else [str(n) for n in names],
        "matrix": bare and (schema is None or schema.is_tensor_spec()),
        "frames": schema is None or not schema.is_tensor_spec(),
        "whole": True,
        "narrow": narrow,
        "zero": zero,
    }
