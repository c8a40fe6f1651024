"""kiroku_worker SOCKET MODEL BATCHING: loads the model and answers requests until the server closes the socket."""

import json
import os
import socket
import sys
import threading
import time
import traceback

from kiroku_worker import frames


def main():
    path, directory, batching = sys.argv[1:4]
    os.dup2(2, 1)  # models print to the log; stdout is not part of the protocol
    threading.Thread(target=exit_with_parent, args=(os.getppid(),), daemon=True).start()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(path)
        try:
            served, capabilities = load(directory, batching)
        except BaseException as e:
            traceback.print_exc()
            frames.send_json(connection, json.dumps({"failed": f"{type(e).__name__}: {e}"}))
            raise SystemExit(1) from e
        frames.send_json(connection, json.dumps(capabilities))
        while (frame := frames.receive(connection)) is not None:
            answer(connection, served, frames.FrameReader(frame))


def exit_with_parent(parent):
    """Ends the process when the server has ended, even while predict runs."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def load(directory, batching):
    """Returns the model and its capabilities, which the server expects as the first frame."""
    from kiroku_worker import merging, served_model

    served = served_model.ServedModel(directory)
    mergeable, reason = merging.decide(served, batching)
    from mlflow.version import VERSION

    return served, {
        "mlflow_version": VERSION,
        "accepts_tables": served.accepts_tables(),
        "mergeable": mergeable,
        "merge_reason": reason,
    }


def answer(connection, served, reader):
    """Answers one frame."""
    kind = reader.number("B")
    if kind == frames.RAW:
        content_type = reader.text(reader.number("H"))
        start = time.perf_counter()
        response = served.predict_raw(content_type, bytes(reader.rest()))
        frames.send_responses(connection, [response], time.perf_counter() - start)
    elif kind == frames.TABLE:
        try:
            responses, seconds = served.predict_table(reader)
        except Exception as e:
            frames.send_retry(connection, f"{type(e).__name__}: {e}"[:1000])
        else:
            frames.send_responses(connection, responses, seconds)
    elif kind == frames.ENGINE_EXPORT:
        from kiroku_worker import engines

        frames.send_json(connection, engines.export(served))


main()
