"""Describes ONNX models: the name of the file, and the input."""

from kiroku_worker.fitted_model import fitted

FLOAT, DOUBLE = "tensor(float)", "tensor(double)"
# Session options that change how fast a model runs, but not its results.
PERFORMANCE_OPTIONS = {"inter_op_num_threads", "intra_op_num_threads", "execution_mode"}


def describe(served):
    """Returns the description for the engine "onnx", or None.

    None for models with other inputs than one tensor of floats, and for those that run on another device than the CPU.
    """
    session = fitted(served)
    flavor = served.model.metadata.flavors["onnx"]
    if session.get_providers() != ["CPUExecutionProvider"]:
        return None
    if set(flavor.get("onnx_session_options") or {}) - PERFORMANCE_OPTIONS:
        return None
    if len(session.get_inputs()) != 1:
        return None
    node = session.get_inputs()[0]
    if node.type not in (FLOAT, DOUBLE) or len(node.shape) < 2:
        return None
    features = describe_input(served.schema, node)
    if features is None or not all(isinstance(size, int) and size > 0 for size in features["shape"]):
        return None
    return {
        "engine": "onnx",
        "file": flavor["data"] if isinstance(flavor.get("data"), str) else None,
        "features": features,
    }


def describe_input(schema, node):
    """Describes the requests that an engine may answer, from the signature and the input node. None for none."""
    shape, names = list(node.shape[1:]), None
    if schema is not None and schema.is_tensor_spec():
        spec = schema.inputs[0]
        if len(schema.inputs) != 1 or spec.name or spec.shape[0] != -1:
            return None
        if str(spec.type) not in ("float32", "float64") or (node.type == DOUBLE and str(spec.type) == "float32"):
            return None
        if len(spec.shape) != len(node.shape):
            return None
        if any(isinstance(fixed, int) and fixed != size for fixed, size in zip(shape, spec.shape[1:])):
            return None
        shape = list(spec.shape[1:])
    elif schema is not None:
        from mlflow.types import DataType

        if any(t != DataType.double for t in schema.input_types()) or schema.optional_input_names() or len(shape) != 1:
            return None
        shape = [len(schema.inputs)]
        names = schema.input_names() if schema.has_input_names() else None
    return {
        "shape": shape,
        "column_names": names,
        "accepts_tensors": schema is None or schema.is_tensor_spec(),
        "accepts_frames": len(shape) == 1 and (schema is None or not schema.is_tensor_spec()),
        # Without a signature integers reach the model as such, and it rejects them.
        "accepts_integers": schema is not None,
        "float32": node.type == FLOAT,
        "zero_threshold": 0.0,
    }
