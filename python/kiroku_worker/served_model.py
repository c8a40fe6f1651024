"""A loaded model. Requests are answered exactly as the scoring server of the MLflow in its environment answers them."""

import importlib
import inspect
import json
import os
import time
import traceback
from io import StringIO

from kiroku_worker import frames


class NotSplittable(Exception):
    """The predictions of a merged call cannot be assigned to its requests."""


class ServedModel:
    """A model loaded through mlflow.pyfunc from a directory."""

    def __init__(self, path):
        from mlflow.exceptions import MlflowException
        from mlflow.pyfunc import scoring_server

        self.path = path
        self.mlflow_exception = MlflowException
        self.scoring = scoring_server
        self.model = scoring_server.load_model_with_mlflow_config(path)
        self.schema = self.model.metadata.get_input_schema()
        os.environ["_MLFLOW_IS_IN_SERVING_ENVIRONMENT"] = "true"
        self.takes_params = "params" in inspect.signature(self.model.predict).parameters
        self.signature_from_type_hint = getattr(self.model.metadata, "_is_signature_from_type_hint", lambda: False)()
        self.parsing = import_parsing()

    def accepts_tables(self):
        """Returns whether tables that the server parsed can be converted as this MLflow converts them."""
        return self.parsing is not None and not self.signature_from_type_hint

    def predict_raw(self, content_type, body):
        """Returns status, MIME type and text of the response to a body as the client sent it."""
        try:
            answer = self.scoring.invocations(body, content_type, self.model, self.schema)
            return answer.status, answer.mimetype, answer.response
        except self.mlflow_exception as e:
            return e.get_http_status_code(), "application/json", e.serialize_as_json()
        except Exception as e:
            # MLflow's server answers these with a 500 without a body. Predictions that cannot be written as JSON are an
            # error of the model, everything else is an error of the request.
            functions = {frame.name for frame in traceback.extract_tb(e.__traceback__)}
            traceback.print_exc()
            if functions & {"predictions_to_json", "unwrapped_predictions_to_json"}:
                return error(500, "INTERNAL_ERROR", f"The model's predictions cannot be written as JSON: {e}")
            return error(400, "BAD_REQUEST", f"Invalid input. The request cannot be read: {e!r}")

    def predict(self, data):
        """Calls the model's predict, as MLflow's server does for requests without params."""
        return self.model.predict(data, params=None) if self.takes_params else self.model.predict(data)

    def predict_table(self, reader):
        """Reads a table that holds the rows of several requests. Returns their responses and the seconds in predict.

        Raises what parsing and predict raise, and NotSplittable.
        """
        table_format = reader.number("B")
        counts = reader.numbers(f"{reader.number('I')}I")
        if table_format == frames.DATA_FRAME:
            data = self.read_frame(reader, sum(counts))
        else:
            data = self.read_tensor(reader, table_format)
        start = time.perf_counter()
        result = self.predict(data)
        seconds = time.perf_counter() - start
        return [(200, "application/json", text) for text in self.split(result, counts)], seconds

    def read_frame(self, reader, rows):
        """Reads a pandas data frame, with the types of the signature."""
        import numpy as np
        import pandas as pd

        named, width = reader.numbers("BI")
        names, types, columns = [], [], []
        for _ in range(width):
            if named:
                names.append(reader.text(reader.number("H")))
            types.append(reader.number("B"))
            columns.append(reader.values(types[-1], rows))
        labels = names if named else pd.RangeIndex(width)
        if len(set(types)) == 1 and types[0] in b"dl":
            frame = pd.DataFrame(np.vstack(columns).T, columns=labels)
        else:
            frame = pd.DataFrame(dict(enumerate(columns)))
            frame.columns = labels
        return frame if self.schema is None else self.parsing.cast_df_types_according_to_schema(frame, self.schema)

    def read_tensor(self, reader, table_format):
        """Reads a numpy array, with the type of the signature."""
        import numpy as np

        type_code, rank = reader.numbers("BB")
        shape = reader.numbers(f"{rank}I")
        array = reader.values(type_code, int(np.prod(shape))).reshape(shape)
        if self.schema is None:
            return array.copy()  # writable, which models may expect
        key = "inputs" if table_format == frames.INPUTS else "instances"
        return self.parsing.parse_tf_serving_input({key: array.tolist()}, self.schema)

    def split(self, result, counts):
        """Returns the response text of each request.

        result: the predictions for all rows.
        counts: the number of rows of each request.
        """
        import numpy as np
        import pandas as pd

        if len(counts) == 1:
            return [self.encode(result)]
        sequence = isinstance(result, (np.ndarray, pd.DataFrame, pd.Series, list)) and np.ndim(result) > 0
        if not sequence or len(result) != sum(counts):
            raise NotSplittable("predict does not return one prediction for each row")
        rows = result.iloc if isinstance(result, (pd.DataFrame, pd.Series)) else result
        texts, start = [], 0
        for count in counts:
            texts.append(self.encode(rows[start : start + count]))
            start += count
        return texts

    def encode(self, predictions):
        """Returns the response text for predictions, as MLflow's server writes it."""
        import numpy as np

        if type(predictions) is np.ndarray and predictions.dtype.kind in "biufU":
            # The same text as below. MLflow's encoder class would rule out the encoder that is written in C.
            return json.dumps({"predictions": predictions.tolist()})
        text = StringIO()
        self.scoring.predictions_to_json(predictions, text)
        return text.getvalue()


def import_parsing():
    """Returns MLflow's module that converts inputs, or None for an MLflow without the functions that are needed."""
    try:
        parsing = importlib.import_module("mlflow.utils.proto_json_utils")
    except ImportError:
        return None
    needed = ("cast_df_types_according_to_schema", "parse_tf_serving_input")
    return parsing if all(hasattr(parsing, name) for name in needed) else None


def error(status, code, message):
    """Returns status, MIME type and text of an error response."""
    return status, "application/json", json.dumps({"error_code": code, "message": message})
