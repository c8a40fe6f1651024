"""kiroku_worker SOCKET MODEL BATCHING: loads the model, says that it is ready, answers until the server hangs up."""

import json
import os
import socket
import sys
import threading
import time
import traceback

from kiroku_worker import frames


def end_with(parent):
    """A worker must not outlive its server, even when it is deep in predict at that moment."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def main():
    path, folder, batching = sys.argv[1:4]
    os.dup2(2, 1)  # what models print is a log, not an answer
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(path)
        try:
            served, about = load(folder, batching)
        except BaseException as e:
            traceback.print_exc()
            frames.send_json(connection, json.dumps({"failed": f"{type(e).__name__}: {e}"}))
            raise SystemExit(1)
        frames.send_json(connection, json.dumps(about))
        while (frame := frames.receive(connection)) is not None:
            answer(connection, served, frames.Reader(frame))


def load(folder, batching):
    from kiroku_worker import model, rowwise

    served = model.ServedModel(folder)
    merge, reason = rowwise.decide(served, batching)
    from mlflow.version import VERSION

    return served, {"mlflow": VERSION, "tables": served.takes_tables(), "merge": merge, "reason": reason}


def answer(connection, served, reader):
    kind = reader.number("B")
    if kind == frames.RAW:
        content_type = reader.text(reader.number("H"))
        began = time.perf_counter()
        result = served.raw(content_type, bytes(reader.rest()))
        frames.send_answers(connection, [result], time.perf_counter() - began)
    elif kind == frames.TABLE:
        try:
            answers, seconds = served.table(reader)
        except Exception as e:
            frames.send_replay(connection, f"{type(e).__name__}: {e}"[:1000])
        else:
            frames.send_answers(connection, answers, seconds)
    elif kind == frames.ENGINE:
        from kiroku_worker import engines

        frames.send_json(connection, engines.export(served))


main()
