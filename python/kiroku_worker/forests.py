"""Describes decision trees and forests of scikit-learn as plain numbers."""

from kiroku_worker.features import class_labels, numeric_input
from kiroku_worker.fitted_model import fitted


def describe(served):
    """Returns the description for the engine "forest", or None."""
    from sklearn import ensemble, tree

    model = fitted(served)
    classifiers = (ensemble.RandomForestClassifier, ensemble.ExtraTreesClassifier, tree.DecisionTreeClassifier)
    regressors = (ensemble.RandomForestRegressor, ensemble.ExtraTreesRegressor, tree.DecisionTreeRegressor)
    # A subclass may override predict, hence the exact type.
    if type(model) not in classifiers + regressors or model.n_outputs_ != 1:
        return None
    trees = [model.tree_] if hasattr(model, "tree_") else [e.tree_ for e in model.estimators_]
    labels = None
    if type(model) in classifiers:
        labels = class_labels(model.classes_)
        if labels is None:
            return None
        if any(abs(t.value.sum(axis=2) - 1).max() > 1e-9 for t in trees):
            return None  # scikit-learn before 1.3 keeps counts instead of fractions
    elif getattr(model, "criterion", "") == "poisson":
        return None
    features = numeric_input(served, model.n_features_in_, getattr(model, "feature_names_in_", None))
    if features is None:
        return None
    return {
        "engine": "forest",
        "single_tree": hasattr(model, "tree_"),
        "features": features,
        "labels": labels,
        "trees": [nodes(t, t.value[:, 0, :].tolist()) for t in trees],
    }


def nodes(tree, values):
    """Returns the nodes of a tree of scikit-learn as lists, with the given value for each node."""
    return {
        "left": tree.children_left.tolist(),
        "right": tree.children_right.tolist(),
        "feature": tree.feature.tolist(),
        "threshold": tree.threshold.tolist(),
        "value": values,
    }
