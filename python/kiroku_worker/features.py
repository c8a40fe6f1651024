"""The parts of a description for an engine that are the same for all kinds of models: its input and its labels."""

import json

JSON_TYPES = (int, float, str, bool)


def class_labels(values):
    """Returns the labels of a classifier as JSON texts, or None when JSON has no such type."""
    labels = values.tolist()
    return [json.dumps(label) for label in labels] if all(isinstance(label, JSON_TYPES) for label in labels) else None


def numeric_input(served, count, fitted_names, accepts_arrays=True, float32=True, zero_threshold=0.0):
    """Describes the requests that an engine may answer: rows of numbers. None when the signature rules them out.

    count: the number of features.
    fitted_names: the column names that the model was fitted with, or None.
    accepts_arrays: whether the model accepts arrays though it was fitted with column names.
    float32: whether the model converts its input to 32-bit floats.
    zero_threshold: numbers whose absolute value is not larger count as 0.
    """
    schema, accepts_arrays, names = served.schema, accepts_arrays or fitted_names is None, fitted_names
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
        "column_names": None if names is None else [str(name) for name in names],
        "accepts_tensors": accepts_arrays and (schema is None or schema.is_tensor_spec()),
        "accepts_frames": schema is None or not schema.is_tensor_spec(),
        "accepts_integers": True,
        "float32": float32,
        "zero_threshold": zero_threshold,
    }
