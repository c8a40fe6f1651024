"""Boosted trees of XGBoost, LightGBM and scikit-learn as plain numbers, for the server's engine for them. None for what it cannot do."""

import json
import math

from kiroku_worker import engines, forests, rowwise

# How a library's scores become predictions, by the objective that the model was fitted for.
XGBOOST_LINKS = {
    "reg:squarederror": "IDENTITY", "reg:squaredlogerror": "IDENTITY", "reg:pseudohubererror": "IDENTITY", "reg:absoluteerror": "IDENTITY",
    "rank:pairwise": "IDENTITY", "rank:ndcg": "IDENTITY", "rank:map": "IDENTITY", "binary:logitraw": "IDENTITY",
    "binary:logistic": "SIGMOID", "reg:logistic": "SIGMOID", "multi:softprob": "SOFTMAX", "multi:softmax": "SOFTMAX",
    "count:poisson": "EXP", "reg:gamma": "EXP", "reg:tweedie": "EXP",
}
LIGHTGBM_LINKS = {
    "regression": "IDENTITY", "regression_l1": "IDENTITY", "huber": "IDENTITY", "fair": "IDENTITY", "quantile": "IDENTITY",
    "mape": "IDENTITY", "lambdarank": "IDENTITY", "rank_xendcg": "IDENTITY",
    "binary": "SIGMOID", "multiclass": "SOFTMAX", "poisson": "EXP", "gamma": "EXP", "tweedie": "EXP",
}
LIGHTGBM_ZERO = 1.0000000180025095e-35  # what is no larger counts as 0 there


def model(library, input, base, groups, link, output, trees, single, factor=1.0, labels=(), cut=0.5, above=True):
    """groups: the score to which each tree adds. cut: a binary classifier's second label is given above it, or from it on if not above."""
    return {
        "engine": "boosted", "library": library, "single": single, "input": input, "base": base, "group": groups, "link": link,
        "factor": factor, "output": output, "labels": list(labels), "cut": cut, "above": above, "trees": trees,
    }


def from_xgboost(served):
    import numpy as np
    import xgboost

    fitted = rowwise.fitted(served)
    booster, classes, bare = fitted, None, False
    if isinstance(fitted, xgboost.XGBModel):
        if type(fitted) not in (xgboost.XGBClassifier, xgboost.XGBRegressor, xgboost.XGBRFClassifier, xgboost.XGBRFRegressor):
            return None
        booster, bare = fitted.get_booster(), True
        if isinstance(fitted, xgboost.XGBClassifier):
            classes = range(int(fitted.n_classes_))
        if not math.isnan(fitted.missing):
            return None
        best = booster.attr("best_iteration")
        if best is not None:
            booster = booster[: int(best) + 1]
    elif type(booster) is not xgboost.Booster:
        return None
    learner = json.loads(bytes(booster.save_raw("json")))["learner"]
    boosting, parameters, objective = learner["gradient_booster"], learner["learner_model_param"], learner["objective"]["name"]
    link, groups = XGBOOST_LINKS.get(objective), max(1, int(parameters["num_class"]))
    if boosting["name"] != "gbtree" or link is None or int(parameters.get("num_target", 1)) != 1:
        return None
    given = json.loads(parameters["base_score"])
    given = given if isinstance(given, list) else [given]
    base = [float(margin(np, link, np.float32(b))) for b in (given if len(given) == groups else given[:1] * groups)]
    trees = boosting["model"]["trees"]
    if any(any(t.get("split_type", [])) or int(t["tree_param"].get("size_leaf_vector", 1)) > 1 for t in trees):
        return None  # categories, or several targets in a leaf
    output = "VALUE" if groups == 1 else "ROW"
    if objective == "multi:softmax":
        output = "INDEX"
    if classes is not None:
        if len(classes) < 2 or groups == 1 and link != "SIGMOID" or groups > 1 and objective != "multi:softprob":
            return None
        output = "LABEL"
    table = engines.table(served, booster.num_features(), booster.feature_names, bare)
    return table and model("xgboost", table, base, boosting["model"]["tree_info"], link, output, [xgboost_tree(np, t) for t in trees], True,
                           labels=[str(c) for c in classes or ()])


def margin(np, link, base):
    """The score of which a base score would be the prediction, as the library computes it."""
    one = np.float32(1)
    if link == "SIGMOID":
        return -np.log(one / base - one)
    return np.log(base) if link == "EXP" else base


def xgboost_tree(np, tree):
    left = tree["left_children"]
    split = np.array(tree["split_conditions"], dtype=np.float32)
    # Below the split goes left: no larger than the float before it.
    threshold = np.nextafter(split, np.float32(-np.inf))
    return {"left": left, "right": tree["right_children"], "feature": tree["split_indices"], "threshold": threshold.astype(float).tolist(),
            "value": [float(v) if l < 0 else 0.0 for v, l in zip(split, left)]}


def from_lightgbm(served):
    import lightgbm

    fitted = rowwise.fitted(served)
    booster, labels = fitted, None
    if isinstance(fitted, lightgbm.LGBMModel):
        if type(fitted) not in (lightgbm.LGBMClassifier, lightgbm.LGBMRegressor, lightgbm.LGBMRanker) or callable(fitted.objective):
            return None
        booster = fitted.booster_
        if isinstance(fitted, lightgbm.LGBMClassifier):
            labels = engines.labels(fitted.classes_)
            if labels is None:
                return None
    elif type(booster) is not lightgbm.Booster:
        return None
    head, *parts = booster.model_to_string().split("\nend of trees")[0].split("\nTree=")
    header = pairs(head)
    objective, *options = header.get("objective", "").split(" ")
    link, groups = LIGHTGBM_LINKS.get(objective), int(header["num_tree_per_iteration"])
    if link is None or "average_output" in head.split("\n") or "sqrt" in options or booster.pandas_categorical:
        return None
    factor = next((float(o.split(":")[1]) for o in options if o.startswith("sigmoid:")), 1.0)
    trees = [lightgbm_tree(pairs(part)) for part in parts]
    if not all(trees):
        return None
    output = "VALUE" if groups == 1 else "ROW"
    if labels is not None:
        if link not in ("SIGMOID", "SOFTMAX"):
            return None
        output = "LABEL"
    table = engines.table(served, booster.num_feature(), None, narrow=False, zero=LIGHTGBM_ZERO)
    return table and model("lightgbm", table, [0.0] * groups, [i % groups for i in range(len(trees))], link, output, trees, False, factor,
                           labels or ())


def pairs(text):
    return dict(line.split("=", 1) for line in text.split("\n") if "=" in line)


def lightgbm_tree(tree):
    """None for one with categories, linear leaves, or zeros that count as missing."""
    leaves = [float(v) for v in tree["leaf_value"].split(" ")]
    if int(tree["num_cat"]) or tree.get("is_linear", "0") != "0":
        return None
    if len(leaves) == 1:
        return {"left": [-1], "right": [-1], "feature": [-1], "threshold": [0.0], "value": leaves}
    splits = [int(f) for f in tree["split_feature"].split(" ")]
    if any(int(d) >> 2 & 3 == 1 or int(d) & 1 for d in tree["decision_type"].split(" ")):
        return None
    inner = len(splits)
    child = lambda n: n if n >= 0 else inner + ~n
    return {
        "left": [child(int(n)) for n in tree["left_child"].split(" ")] + [-1] * len(leaves),
        "right": [child(int(n)) for n in tree["right_child"].split(" ")] + [-1] * len(leaves),
        "feature": splits + [-1] * len(leaves),
        "threshold": [float(t) for t in tree["threshold"].split(" ")] + [0.0] * len(leaves),
        "value": [0.0] * inner + leaves,
    }


def from_sklearn(served):
    """Gradient boosting of scikit-learn: classifiers say which score is the largest, or whether the only one is 0 or more."""
    import numpy as np
    from sklearn import ensemble

    fitted = rowwise.fitted(served)
    if type(fitted) not in (ensemble.GradientBoostingClassifier, ensemble.GradientBoostingRegressor):
        return None
    if fitted.init is not None and fitted.init != "zero":
        return None
    table = engines.table(served, fitted.n_features_in_, getattr(fitted, "feature_names_in_", None))
    labels = ()
    if isinstance(fitted, ensemble.GradientBoostingClassifier):
        labels = engines.labels(fitted.classes_)
    if table is None or labels is None:
        return None
    base = fitted._raw_predict_init(np.zeros((1, fitted.n_features_in_), dtype=np.float32))[0].astype(float).tolist()
    stages, groups = fitted.estimators_.shape
    trees = [fitted.estimators_[i, k].tree_ for i in range(stages) for k in range(groups)]
    return model("gradient boosting", table, base, [i % groups for i in range(len(trees))], "IDENTITY", "LABEL" if labels else "VALUE",
                 [forests.nodes(t, (fitted.learning_rate * t.value[:, 0, 0]).tolist()) for t in trees], False, labels=labels, cut=0.0, above=False)
