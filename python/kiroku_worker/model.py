"""One loaded model, and how requests are answered with it: exactly as the scoring protocol of its MLflow answers them."""

import importlib
import inspect
import json
import os
import time
import traceback
from io import StringIO

from kiroku_worker import frames


class NotAsAWhole(Exception):
    """A batch whose answer cannot be given to the requests it was merged from."""


class ServedModel:
    def __init__(self, path):
        from mlflow.exceptions import MlflowException
        from mlflow.pyfunc import scoring_server

        self.path = path
        self.failure = MlflowException
        self.scoring = scoring_server
        self.model = scoring_server.load_model_with_mlflow_config(path)
        self.schema = self.model.metadata.get_input_schema()
        os.environ["_MLFLOW_IS_IN_SERVING_ENVIRONMENT"] = "true"
        self.takes_params = "params" in inspect.signature(self.model.predict).parameters
        self.by_type_hint = getattr(self.model.metadata, "_is_signature_from_type_hint", lambda: False)()
        try:
            self.parsing = importlib.import_module("mlflow.utils.proto_json_utils")
            self.parsing.cast_df_types_according_to_schema, self.parsing.parse_tf_serving_input
        except (ImportError, AttributeError):  # another MLflow than we know: it parses its bodies itself
            self.parsing = None

    def takes_tables(self):
        return self.parsing is not None and not self.by_type_hint

    def raw(self, content_type, body):
        """Status, MIME type and text of the answer to a body as the client sent it."""
        try:
            answer = self.scoring.invocations(body, content_type, self.model, self.schema)
            return answer.status, answer.mimetype, answer.response
        except self.failure as e:
            return e.get_http_status_code(), "application/json", e.serialize_as_json()
        except Exception as e:
            # What MLflow's own server ends in a bare 500. An answer that is no JSON is the model's fault, the rest is the request's.
            frames_passed = {frame.name for frame in traceback.extract_tb(e.__traceback__)}
            traceback.print_exc()
            if frames_passed & {"predictions_to_json", "unwrapped_predictions_to_json"}:
                return error(500, "INTERNAL_ERROR", f"The model's answer cannot be written as JSON: {e}")
            return error(400, "BAD_REQUEST", f"Invalid input. The request cannot be read: {e!r}")

    def predict(self, data):
        return self.model.predict(data, params=None) if self.takes_params else self.model.predict(data)

    def table(self, reader):
        """The answers to requests that came as one table, and the seconds that predict took.

        Raises whatever parsing and predict raise, and NotAsAWhole.
        """
        form = reader.number("B")
        counts = reader.numbers(f"{reader.number('I')}I")
        data = self.read_frame(reader, sum(counts)) if form == frames.FRAME else self.read_tensor(reader, form)
        began = time.perf_counter()
        result = self.predict(data)
        seconds = time.perf_counter() - began
        return [(200, "application/json", text) for text in self.split(result, counts)], seconds

    def read_frame(self, reader, rows):
        import numpy as np
        import pandas as pd

        named, width = reader.numbers("BI")
        names, kinds, columns = [], [], []
        for _ in range(width):
            if named:
                names.append(reader.text(reader.number("H")))
            kinds.append(reader.number("B"))
            columns.append(reader.values(kinds[-1], rows))
        labels = names if named else pd.RangeIndex(width)
        if len(set(kinds)) == 1 and kinds[0] in b"dl":
            frame = pd.DataFrame(np.vstack(columns).T, columns=labels)
        else:
            frame = pd.DataFrame(dict(enumerate(columns)))
            frame.columns = labels
        return frame if self.schema is None else self.parsing.cast_df_types_according_to_schema(frame, self.schema)

    def read_tensor(self, reader, form):
        import numpy as np

        kind, rank = reader.numbers("BB")
        shape = reader.numbers(f"{rank}I")
        array = reader.values(kind, int(np.prod(shape))).reshape(shape)
        if self.schema is None:
            return array.copy()  # writable, as models may expect
        key = "inputs" if form == frames.INPUTS else "instances"
        return self.parsing.parse_tf_serving_input({key: array.tolist()}, self.schema)

    def split(self, result, counts):
        """The text of each request's answer, each the predictions of its rows."""
        import numpy as np
        import pandas as pd

        if len(counts) == 1:
            return [self.encode(result)]
        whole = isinstance(result, (np.ndarray, pd.DataFrame, pd.Series, list)) and np.ndim(result) > 0
        if not whole or len(result) != sum(counts):
            raise NotAsAWhole("predict does not give one prediction for each row")
        texts, at = [], 0
        for count in counts:
            rows = slice(at, at + count)
            texts.append(self.encode(result.iloc[rows] if isinstance(result, (pd.DataFrame, pd.Series)) else result[rows]))
            at += count
        return texts

    def encode(self, predictions):
        import numpy as np

        if type(predictions) is np.ndarray and predictions.dtype.kind in "biufU":
            return json.dumps({"predictions": predictions.tolist()})  # the same text, by the encoder written in C
        text = StringIO()
        self.scoring.predictions_to_json(predictions, text)
        return text.getvalue()


def error(status, code, message):
    return status, "application/json", json.dumps({"error_code": code, "message": message})
