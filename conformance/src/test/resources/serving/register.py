"""register.py URI SOURCE: a new version of the model "m" whose files are at the source."""

import os
import sys

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import mlflow

mlflow.MlflowClient(sys.argv[1], sys.argv[1]).create_model_version("m", sys.argv[2])
