"""Runs commands of MLflow's command line: reads an array of words a line, writes exit status and standard output a line."""

import json
import logging
import sys

from click.testing import CliRunner
from mlflow.cli import cli

logging.disable(logging.CRITICAL)
for line in sys.stdin:
    result = CliRunner().invoke(cli, json.loads(line))
    print(json.dumps({"status": result.exit_code, "out": result.stdout}), flush=True)
