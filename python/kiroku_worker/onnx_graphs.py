"""The file of an ONNX model, and which requests the server's engine may answer with it."""

import os

from kiroku_worker import rowwise

NARROW, WIDE = "tensor(float)", "tensor(double)"
OPTIONS = {"inter_op_num_threads", "intra_op_num_threads", "execution_mode"}  # how fast, not what


def export(served):
    """What the server's engine for ONNX needs, or None: for models with other than one tensor of numbers, and those that run elsewhere."""
    session = rowwise.fitted(served)
    flavor = served.model.metadata.flavors["onnx"]
    if session.get_providers() != ["CPUExecutionProvider"] or set(flavor.get("onnx_session_options") or {}) - OPTIONS:
        return None
    if len(session.get_inputs()) != 1:
        return None
    only = session.get_inputs()[0]
    if only.type not in (NARROW, WIDE) or len(only.shape) < 2:
        return None
    schema, shape, names, matrix = served.schema, list(only.shape[1:]), None, True
    if schema is not None and schema.is_tensor_spec():
        spec = schema.inputs[0]
        if len(schema.inputs) != 1 or spec.name or str(spec.type) not in ("float32", "float64") or spec.shape[0] != -1:
            return None
        if len(spec.shape) != len(only.shape) or only.type == WIDE and str(spec.type) == "float32":
            return None
        if any(isinstance(fixed, int) and fixed != said for fixed, said in zip(shape, spec.shape[1:])):
            return None
        shape = list(spec.shape[1:])
    elif schema is not None:
        from mlflow.types import DataType

        if any(t != DataType.double for t in schema.input_types()) or schema.optional_input_names() or len(shape) != 1:
            return None
        shape, names, matrix = [len(schema.inputs)], schema.input_names() if schema.has_input_names() else None, False
    if not all(isinstance(size, int) and size > 0 for size in shape):
        return None
    return {
        "engine": "onnx",
        "file": os.path.join(flavor["data"]) if isinstance(flavor.get("data"), str) else None,
        "input": {
            "shape": shape,
            "names": names,
            "matrix": matrix,
            "frames": len(shape) == 1 and (schema is None or not schema.is_tensor_spec()),
            "whole": schema is not None,  # without a schema whole numbers stay such, and the model refuses them
            "narrow": only.type == NARROW,
            "zero": 0.0,
        },
    }
