"""Describes the model for an engine in the server, as plain numbers or as the name of a file that is safe to open.

The server compares the predictions of an engine with those of Python before it uses the engine.
"""

import json

from kiroku_worker import boosted_trees, forests, onnx_models

DESCRIBERS = {
    "mlflow.xgboost": boosted_trees.describe_xgboost,
    "mlflow.lightgbm": boosted_trees.describe_lightgbm,
    "mlflow.onnx": onnx_models.describe,
}


def export(served):
    """Returns the description as a JSON text; the text null for a model that no engine can predict exactly."""
    try:
        return json.dumps(describe(served))
    except Exception:
        return "null"


def describe(served):
    """Returns the description, or None."""
    loader = getattr(served.model, "loader_module", None)
    if loader == "mlflow.sklearn":
        if served.model.metadata.flavors["python_function"].get("predict_fn", "predict") != "predict":
            return None
        return forests.describe(served) or boosted_trees.describe_sklearn(served)
    return DESCRIBERS[loader](served) if loader in DESCRIBERS else None
