"""Describes boosted trees of XGBoost, LightGBM and scikit-learn as plain numbers."""

import json
import math

from kiroku_worker import forests
from kiroku_worker.features import class_labels, numeric_input
from kiroku_worker.fitted_model import fitted

# The function from scores to predictions, by the objective that the model was fitted for.
XGBOOST_LINKS = {
    "reg:squarederror": "IDENTITY",
    "reg:squaredlogerror": "IDENTITY",
    "reg:pseudohubererror": "IDENTITY",
    "reg:absoluteerror": "IDENTITY",
    "rank:pairwise": "IDENTITY",
    "rank:ndcg": "IDENTITY",
    "rank:map": "IDENTITY",
    "binary:logitraw": "IDENTITY",
    "binary:logistic": "SIGMOID",
    "reg:logistic": "SIGMOID",
    "multi:softprob": "SOFTMAX",
    "multi:softmax": "SOFTMAX",
    "count:poisson": "EXP",
    "reg:gamma": "EXP",
    "reg:tweedie": "EXP",
}
LIGHTGBM_LINKS = {
    "regression": "IDENTITY",
    "regression_l1": "IDENTITY",
    "huber": "IDENTITY",
    "fair": "IDENTITY",
    "quantile": "IDENTITY",
    "mape": "IDENTITY",
    "lambdarank": "IDENTITY",
    "rank_xendcg": "IDENTITY",
    "binary": "SIGMOID",
    "multiclass": "SOFTMAX",
    "poisson": "EXP",
    "gamma": "EXP",
    "tweedie": "EXP",
}
# LightGBM's kZeroThreshold: numbers whose absolute value is not larger count as 0.
LIGHTGBM_ZERO = 1.0000000180025095e-35


def description(
    library,
    features,
    base_scores,
    score_indexes,
    link,
    output,
    trees,
    float32,
    sigmoid_factor=1.0,
    labels=(),
    label_threshold=0.5,
    threshold_exclusive=True,
):
    """Returns the description for the engine "boosted".

    base_scores: the scores before the first tree.
    score_indexes: for each tree, the index of the score that it adds to.
    output: VALUE (the only score), ALL_VALUES, ARGMAX (the index of the largest score) or LABEL.
    label_threshold: a binary classifier predicts its second label for scores above it, or also for the threshold itself
        if not threshold_exclusive.
    """
    return {
        "engine": "boosted",
        "library": library,
        "float32": float32,
        "features": features,
        "base_scores": base_scores,
        "score_indexes": score_indexes,
        "link": link,
        "sigmoid_factor": sigmoid_factor,
        "output": output,
        "labels": list(labels),
        "label_threshold": label_threshold,
        "threshold_exclusive": threshold_exclusive,
        "trees": trees,
    }


def describe_xgboost(served):
    """Returns the description of an XGBoost model, or None."""
    import numpy as np
    import xgboost

    model = fitted(served)
    booster, classes, accepts_arrays = model, None, False
    if isinstance(model, xgboost.XGBModel):
        supported = (xgboost.XGBClassifier, xgboost.XGBRegressor, xgboost.XGBRFClassifier, xgboost.XGBRFRegressor)
        if type(model) not in supported:
            return None
        booster, accepts_arrays = model.get_booster(), True
        if isinstance(model, xgboost.XGBClassifier):
            classes = range(int(model.n_classes_))
        if not math.isnan(model.missing):
            return None
        best_iteration = booster.attr("best_iteration")
        if best_iteration is not None:
            booster = booster[: int(best_iteration) + 1]
    elif type(booster) is not xgboost.Booster:
        return None
    learner = json.loads(bytes(booster.save_raw("json")))["learner"]
    boosting, parameters = learner["gradient_booster"], learner["learner_model_param"]
    objective = learner["objective"]["name"]
    link, groups = XGBOOST_LINKS.get(objective), max(1, int(parameters["num_class"]))
    if boosting["name"] != "gbtree" or link is None or int(parameters.get("num_target", 1)) != 1:
        return None
    base = json.loads(parameters["base_score"])
    base = base if isinstance(base, list) else [base]
    base = base if len(base) == groups else base[:1] * groups
    trees = boosting["model"]["trees"]
    if any(any(t.get("split_type", [])) or int(t["tree_param"].get("size_leaf_vector", 1)) > 1 for t in trees):
        return None  # categories, or several targets in a leaf
    output = "VALUE" if groups == 1 else "ALL_VALUES"
    if objective == "multi:softmax":
        output = "ARGMAX"
    if classes is not None:
        if len(classes) < 2 or (objective != "multi:softprob" if groups > 1 else link != "SIGMOID"):
            return None
        output = "LABEL"
    features = numeric_input(served, booster.num_features(), booster.feature_names, accepts_arrays)
    return features and description(
        "xgboost",
        features,
        [float(xgboost_base_margin(np, link, np.float32(score))) for score in base],
        boosting["model"]["tree_info"],
        link,
        output,
        [xgboost_nodes(np, tree) for tree in trees],
        float32=True,
        labels=[str(c) for c in classes or ()],
    )


def xgboost_base_margin(np, link, base_score):
    """Returns the score whose prediction is the base score, computed as XGBoost does."""
    if link == "SIGMOID":
        one = np.float32(1)
        return -np.log(one / base_score - one)
    return np.log(base_score) if link == "EXP" else base_score


def xgboost_nodes(np, tree):
    """Returns the nodes of a tree of XGBoost as lists."""
    left = tree["left_children"]
    split = np.array(tree["split_conditions"], dtype=np.float32)
    # XGBoost goes left below the split, the engine up to the threshold: the threshold is the float before the split.
    threshold = np.nextafter(split, np.float32(-np.inf))
    return {
        "left": left,
        "right": tree["right_children"],
        "feature": tree["split_indices"],
        "threshold": threshold.astype(float).tolist(),
        "value": [float(value) if child < 0 else 0.0 for value, child in zip(split, left)],
    }


def describe_lightgbm(served):
    """Returns the description of a LightGBM model, or None."""
    import lightgbm

    model = fitted(served)
    booster, labels = model, None
    if isinstance(model, lightgbm.LGBMModel):
        supported = (lightgbm.LGBMClassifier, lightgbm.LGBMRegressor, lightgbm.LGBMRanker)
        if type(model) not in supported or callable(model.objective):
            return None
        booster = model.booster_
        if isinstance(model, lightgbm.LGBMClassifier):
            labels = class_labels(model.classes_)
            if labels is None:
                return None
    elif type(booster) is not lightgbm.Booster:
        return None
    head, *parts = booster.model_to_string().split("\nend of trees")[0].split("\nTree=")
    header = key_values(head)
    objective, *options = header.get("objective", "").split(" ")
    link, groups = LIGHTGBM_LINKS.get(objective), int(header["num_tree_per_iteration"])
    if link is None or "average_output" in head.split("\n") or "sqrt" in options or booster.pandas_categorical:
        return None
    trees = [lightgbm_nodes(key_values(part)) for part in parts]
    if not all(trees):
        return None
    output = "VALUE" if groups == 1 else "ALL_VALUES"
    if labels is not None:
        if link not in ("SIGMOID", "SOFTMAX"):
            return None
        output = "LABEL"
    features = numeric_input(served, booster.num_feature(), None, float32=False, zero_threshold=LIGHTGBM_ZERO)
    return features and description(
        "lightgbm",
        features,
        [0.0] * groups,
        [i % groups for i in range(len(trees))],
        link,
        output,
        trees,
        float32=False,
        sigmoid_factor=next((float(o.split(":")[1]) for o in options if o.startswith("sigmoid:")), 1.0),
        labels=labels or (),
    )


def key_values(text):
    """Parses lines of the form key=value."""
    return dict(line.split("=", 1) for line in text.split("\n") if "=" in line)


def lightgbm_nodes(tree):
    """Returns the nodes of a tree of LightGBM as lists.

    None for trees with categories, linear leaves or zeros that count as missing.
    """
    leaves = [float(value) for value in tree["leaf_value"].split(" ")]
    if int(tree["num_cat"]) or tree.get("is_linear", "0") != "0":
        return None
    if len(leaves) == 1:
        return {"left": [-1], "right": [-1], "feature": [-1], "threshold": [0.0], "value": leaves}
    splits = [int(feature) for feature in tree["split_feature"].split(" ")]
    # Bit 0 of a decision type is set for categories, bits 2 and 3 hold how missing values are represented (1: as zero).
    if any(int(d) >> 2 & 3 == 1 or int(d) & 1 for d in tree["decision_type"].split(" ")):
        return None
    inner = len(splits)

    def children(key):
        """Leaves are negative in LightGBM's text; here they are the nodes behind the inner ones."""
        numbers = [int(n) for n in tree[key].split(" ")]
        return [n if n >= 0 else inner + ~n for n in numbers] + [-1] * len(leaves)

    return {
        "left": children("left_child"),
        "right": children("right_child"),
        "feature": splits + [-1] * len(leaves),
        "threshold": [float(t) for t in tree["threshold"].split(" ")] + [0.0] * len(leaves),
        "value": [0.0] * inner + leaves,
    }


def describe_sklearn(served):
    """Returns the description of scikit-learn's gradient boosting, or None.

    Classifiers predict the label of the largest score, or with a single score the second label if it is 0 or more.
    """
    import numpy as np
    from sklearn import ensemble

    model = fitted(served)
    if type(model) not in (ensemble.GradientBoostingClassifier, ensemble.GradientBoostingRegressor):
        return None
    if model.init is not None and model.init != "zero":
        return None
    features = numeric_input(served, model.n_features_in_, getattr(model, "feature_names_in_", None))
    labels = ()
    if isinstance(model, ensemble.GradientBoostingClassifier):
        labels = class_labels(model.classes_)
    if features is None or labels is None:
        return None
    zeros = np.zeros((1, model.n_features_in_), dtype=np.float32)
    stages, groups = model.estimators_.shape
    trees = [model.estimators_[i, k].tree_ for i in range(stages) for k in range(groups)]
    return description(
        "gradient boosting",
        features,
        model._raw_predict_init(zeros)[0].astype(float).tolist(),
        [i % groups for i in range(len(trees))],
        "IDENTITY",
        "LABEL" if labels else "VALUE",
        [forests.nodes(tree, (model.learning_rate * tree.value[:, 0, 0]).tolist()) for tree in trees],
        float32=False,
        labels=labels,
        label_threshold=0.0,
        threshold_exclusive=False,
    )
