"""The fitted trees of a forest as plain numbers, for the engine inside the server. None where it could not give the same answers."""

import json

from kiroku_worker import rowwise

LABELS = (int, float, str, bool)


def export(served):
    """A JSON text: null, or what the server's tree engine needs."""
    try:
        return json.dumps(_export(served))
    except Exception:
        return "null"


def _export(served):
    from sklearn import ensemble, tree

    if getattr(served.model, "loader_module", None) != "mlflow.sklearn":
        return None
    if served.model.metadata.flavors["python_function"].get("predict_fn", "predict") != "predict":
        return None
    model = rowwise.fitted(served)
    classifiers = (ensemble.RandomForestClassifier, ensemble.ExtraTreesClassifier, tree.DecisionTreeClassifier)
    regressors = (ensemble.RandomForestRegressor, ensemble.ExtraTreesRegressor, tree.DecisionTreeRegressor)
    if type(model) not in classifiers + regressors or model.n_outputs_ != 1:
        return None  # a subclass may predict in a way of its own
    trees = [model.tree_] if hasattr(model, "tree_") else [e.tree_ for e in model.estimators_]
    labels = None
    if type(model) in classifiers:
        values = model.classes_.tolist()
        if not all(isinstance(v, LABELS) for v in values):
            return None
        labels = [json.dumps(v) for v in values]
        if any(abs(t.value.sum(axis=2) - 1).max() > 1e-9 for t in trees):
            return None  # an older scikit-learn, which keeps counts
    elif getattr(model, "criterion", "") == "poisson":
        return None
    names = getattr(model, "feature_names_in_", None)
    if served.schema is not None:
        if served.schema.is_tensor_spec():
            if len(served.schema.inputs) != 1 or served.schema.inputs[0].name or str(served.schema.inputs[0].type) != "float64":
                return None
        else:
            from mlflow.types import DataType

            if any(t != DataType.double for t in served.schema.input_types()) or served.schema.optional_input_names():
                return None
            if names is not None and list(names) != served.schema.input_names():
                return None
            names = served.schema.input_names() if served.schema.has_input_names() else names
    return {
        "single": hasattr(model, "tree_"),
        "features": int(model.n_features_in_),
        "names": None if names is None else [str(n) for n in names],
        "matrix": served.schema is None or served.schema.is_tensor_spec(),
        "frames": served.schema is None or not served.schema.is_tensor_spec(),
        "labels": labels,
        "trees": [
            {
                "left": t.children_left.tolist(),
                "right": t.children_right.tolist(),
                "feature": t.feature.tolist(),
                "threshold": t.threshold.tolist(),
                "value": t.value[:, 0, :].tolist(),
            }
            for t in trees
        ],
    }
