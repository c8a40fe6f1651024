"""Measures Kiroku's model server and MLflow's side by side, and prints a table.

Both hold the same model with two workers and are up at the same time, but only one is asked at a time: they take turns, round by round, so that
what else the machine does falls on both. Before, both are sent the same requests and their answers compared. One client process with keep-alive
connections; it shares the processors with the server, so throughput is that of both together. For each load:

  requests/s   median of the rounds (least to most)
  p50, p99     medians of the rounds, milliseconds
  CPU ms       processor time of the server with all its processes, a request: it does not hang on how busy the machine is otherwise
"""

import argparse
import json
import math
import os
import selectors
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

warnings.filterwarnings("ignore")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
NAMES = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
LOADS = {"iris": [(64, 1), (1, 1), (4, 1000)]}
OTHER_LOADS = [(64, 1), (1, 1)]


def make(name, path):
    import mlflow
    import numpy as np
    from mlflow.models import infer_signature
    from sklearn.datasets import load_iris

    X, y = load_iris(return_X_y=True, as_frame=True)
    if name == "iris":
        from sklearn.ensemble import RandomForestClassifier

        model = RandomForestClassifier(100, max_depth=5, random_state=42).fit(X.values, y)
        mlflow.sklearn.save_model(model, path, serialization_format="cloudpickle", pip_requirements=["scikit-learn"])
    elif name == "xgb":
        import xgboost

        mlflow.xgboost.save_model(xgboost.XGBClassifier(n_estimators=100, max_depth=5).fit(X, y), path, signature=infer_signature(X, y),
                                  pip_requirements=["xgboost"])
    elif name == "lgbm":
        import lightgbm

        mlflow.lightgbm.save_model(lightgbm.LGBMClassifier(n_estimators=100, verbose=-1).fit(X, y), path, signature=infer_signature(X, y),
                                   pip_requirements=["lightgbm"])
    elif name == "onnx":
        from onnx import TensorProto, helper, numpy_helper

        random, sizes = np.random.default_rng(1), [4, 32, 16, 3]
        nodes, weights = [], []
        for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
            weights += [numpy_helper.from_array(random.normal(size=(a, b)).astype(np.float32), f"w{i}"),
                        numpy_helper.from_array(random.normal(size=b).astype(np.float32), f"b{i}")]
            nodes.append(helper.make_node("Gemm", [f"r{i}" if i else "x", f"w{i}", f"b{i}"], [f"h{i}" if i < 2 else "y"]))
            if i < 2:
                nodes.append(helper.make_node("Relu", [f"h{i}"], [f"r{i + 1}"]))
        value = lambda name, size: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", size])
        graph = helper.make_graph(nodes, "perceptron", [value("x", 4)], [value("y", 3)], weights)
        mlflow.onnx.save_model(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path,
                               pip_requirements=["onnxruntime"], signature=infer_signature(X.values.astype(np.float32)))
    elif name == "pyfunc":

        class Row(mlflow.pyfunc.PythonModel):
            def predict(self, context, model_input, params=None):
                return [0] * len(model_input)

        mlflow.pyfunc.save_model(path, python_model=Row(), pip_requirements=["mlflow"])
    else:
        sys.exit(f"there is no model {name}")


def body(model, rows, shift=0.0):
    data = [[5.1 + shift, 3.5, 1.4 + i % 5, 0.2] for i in range(rows)]
    if model in ("iris", "onnx"):
        return json.dumps({"inputs": data}).encode()
    return json.dumps({"dataframe_split": {"columns": NAMES, "data": data}}).encode()


class Server:
    """A server in a session of its own."""

    def __init__(self, name, command, environment, work):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.name = name
        self.log = open(os.path.join(work, f"{name}.log"), "w+")
        began = time.monotonic()
        self.process = subprocess.Popen([*command, "--port", str(self.port)], cwd=work, env={**os.environ, **environment}, stdout=self.log,
                                        stderr=self.log, start_new_session=True)
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() - began > 300:
                self.log.seek(0)
                sys.exit(f"{name} did not become ready:\n{self.log.read()[-3000:]}")
            time.sleep(0.02)
        self.start = time.monotonic() - began

    def ready(self):
        try:
            return exchange(self.port, b"GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")[0] == 200
        except (OSError, ValueError):
            return False

    def cpu(self):
        """Seconds of processor time of all its processes, ended ones included."""
        total = 0
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{entry}/stat") as file:
                    fields = file.read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[3]) == self.process.pid:
                total += sum(map(int, fields[11:15]))
        return total / os.sysconf("SC_CLK_TCK")

    def close(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def request(data):
    return f"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data


def complete(received):
    """The status, when the answer is there as a whole."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(received[:end]).lower()
    at = head.find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0])
    return int(head[9:12]) if len(received) >= end + 4 + length else None


def exchange(port, data):
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        connection.sendall(data)
        received = bytearray()
        while (status := complete(received)) is None:
            part = connection.recv(1 << 16)
            if not part:
                raise ValueError("the connection ended")
            received += part
    return status, bytes(received[received.find(b"\r\n\r\n") + 4 :])


def load(port, data, clients, seconds):
    """So many clients, each sending its next request when it has its answer. Latencies in seconds, errors, and how long it took."""
    waiting = selectors.DefaultSelector()
    message, times, errors = request(data), [], 0
    began = time.perf_counter()
    until = began + seconds
    for _ in range(clients):
        connection = socket.create_connection(("127.0.0.1", port), 60)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(connection, selectors.EVENT_READ, [bytearray(), time.perf_counter()])
        connection.sendall(message)
    under_way = clients
    while under_way:
        for key, _ in waiting.select(60):
            received, sent = key.data
            part = key.fileobj.recv(1 << 18)
            received += part
            status = complete(received) if part else 0
            if status is None:
                continue
            now = time.perf_counter()
            if status == 200:
                times.append(now - sent)
            else:
                errors += 1
            if now >= until or not part:
                waiting.unregister(key.fileobj)
                key.fileobj.close()
                under_way -= 1
            else:
                received.clear()
                key.data[1] = now
                key.fileobj.sendall(message)
    return times, errors, time.perf_counter() - began


def same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-6)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return a == b


def compare(model, servers):
    for rows, shift in ((1, 0.0), (3, 0.35), (1000, 0.1)):
        answers = [exchange(server.port, request(body(model, rows, shift))) for server in servers]
        for server, answer in zip(servers, answers):
            if answer[0] != 200 or not same(json.loads(answers[0][1]), json.loads(answer[1])):
                sys.exit(f"{model}: {server.name} answers {answer[0]} {answer[1][:300]!r}\nbut {servers[0].name} {answers[0][1][:300]!r}")


def measure(model, servers, clients, rows, rounds, seconds):
    data = body(model, rows)
    figures = {server.name: [] for server in servers}
    for server in servers:
        load(server.port, data, clients, max(1.0, seconds / 2))  # to warm up
    for _ in range(rounds):
        for server in servers:
            before = server.cpu()
            times, errors, took = load(server.port, data, clients, seconds)
            cpu = server.cpu() - before
            times.sort()
            if errors or not times:
                sys.exit(f"{model}: {server.name} failed {errors} requests")
            figures[server.name].append((len(times) / took, times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000,
                                         cpu * 1000 / len(times)))
    base = statistics.median(f[0] for f in figures[servers[0].name])
    for name, rows_ in figures.items():
        rate, p50, p99, cpu = zip(*rows_)
        print(f"{model:7} {clients:3} x {rows:<4} {name:15} {statistics.median(rate):9.0f} ({min(rate):.0f} to {max(rate):.0f})".ljust(64)
              + f"{statistics.median(rate) / base:7.1f}x {statistics.median(p50):9.2f} {statistics.median(p99):9.2f} {statistics.median(cpu):9.3f}", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="bench/serving/run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kiroku", help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--only", default="iris,xgb,onnx", help="models: iris, xgb, lgbm, onnx, pyfunc (default: iris,xgb,onnx)")
    parser.add_argument("--with", dest="more", default="", help="also measure Kiroku with 'workers' only, without engines; and with 'c1', only the first of the JVM's compilers")
    parser.add_argument("--rounds", type=int, help="for each load and server (default: 5, quick: 3)")
    parser.add_argument("--seconds", type=float, help="of a round (default: 5, quick: 1.5)")
    options = parser.parse_args()
    rounds = options.rounds or (3 if options.quick else 5)
    seconds = options.seconds or (1.5 if options.quick else 5.0)
    more = [word for word in options.more.split(",") if word]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that the servers are stopped as well
    bin_folder = os.path.dirname(sys.executable)
    work = tempfile.mkdtemp(prefix="kiroku-bench-")
    python = {"KIROKU_PYTHON": sys.executable}
    print(f"{'model':7} clients x rows  {'server':15} requests/s (least to most)".ljust(66) + f"{'':6}{'p50 ms':>9} {'p99 ms':>9} {'CPU ms':>9}")
    try:
        for model in options.only.split(","):
            path = os.path.join(work, model)
            make(model, path)
            kiroku = [options.kiroku, "models", "serve", "-m", path, "--workers", "2", "--no-conda"]
            commands = [
                ("mlflow", [sys.executable, "-m", "mlflow", "models", "serve", "-m", path, "--workers", "2", "--env-manager", "local"],
                 {"PATH": f"{bin_folder}:{os.environ['PATH']}"}),
                ("kiroku", kiroku, python),
            ]
            if "workers" in more:
                commands.append(("kiroku-workers", [*kiroku, "--engines", "off"], python))
            if "c1" in more:
                commands.append(("kiroku-c1", kiroku, {**python, "KIROKU_JAVA_OPTS": "-XX:TieredStopAtLevel=1"}))
            servers = []
            try:
                for name, command, environment in commands:
                    servers.append(Server(name, command, environment, work))
                print(f"{model:7} start to ready: " + ", ".join(f"{s.name} {s.start:.1f} s" for s in servers), flush=True)
                compare(model, servers)
                for clients, rows in LOADS.get(model, OTHER_LOADS):
                    measure(model, servers, clients, rows, rounds, seconds)
            finally:
                for server in servers:
                    server.close()
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
