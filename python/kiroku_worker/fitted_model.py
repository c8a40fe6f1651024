"""Access to the model behind mlflow.pyfunc."""


def fitted(served):
    """Returns the model as an object of its own library, or None where mlflow.pyfunc does not give access to it."""
    get_raw_model = getattr(served.model, "get_raw_model", None)
    return get_raw_model() if get_raw_model else None
