"""The fitted trees of a scikit-learn tree or forest as plain numbers."""

from kiroku_worker import engines, rowwise


def export(served):
    """What the server's engine for forests needs, or None."""
    from sklearn import ensemble, tree

    model = rowwise.fitted(served)
    classifiers = (ensemble.RandomForestClassifier, ensemble.ExtraTreesClassifier, tree.DecisionTreeClassifier)
    regressors = (ensemble.RandomForestRegressor, ensemble.ExtraTreesRegressor, tree.DecisionTreeRegressor)
    if type(model) not in classifiers + regressors or model.n_outputs_ != 1:
        return None  # a subclass may predict in a way of its own
    trees = [model.tree_] if hasattr(model, "tree_") else [e.tree_ for e in model.estimators_]
    labels = None
    if type(model) in classifiers:
        labels = engines.labels(model.classes_)
        if labels is None:
            return None
        if any(abs(t.value.sum(axis=2) - 1).max() > 1e-9 for t in trees):
            return None  # an older scikit-learn, which keeps counts
    elif getattr(model, "criterion", "") == "poisson":
        return None
    table = engines.table(served, model.n_features_in_, getattr(model, "feature_names_in_", None))
    if table is None:
        return None
    return {
        "engine": "forest",
        "single": hasattr(model, "tree_"),
        "input": table,
        "labels": labels,
        "trees": [nodes(t, t.value[:, 0, :].tolist()) for t in trees],
    }


def nodes(tree, values):
    """A tree of scikit-learn, with its nodes' values."""
    return {
        "left": tree.children_left.tolist(),
        "right": tree.children_right.tolist(),
        "feature": tree.feature.tolist(),
        "threshold": tree.threshold.tolist(),
        "value": values,
    }
