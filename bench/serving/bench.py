"""Measures Kiroku's model server and MLflow's side by side, and prints tables; the last one is Markdown, with the targets.

Both hold the same model with two workers and are up at the same time, but only one is asked at a time: they take turns, round by round, so that
what else the machine does falls on both. Before, both are sent the same requests and their answers compared, and warmed up. One client process with keep-alive
connections (ServingLoadClient.java); it shares the processors with the server, so throughput is that of both together. For each load:

  requests/s   median of the rounds (least to most)
  p50, p99     medians of the rounds, milliseconds
  CPU ms       processor time of the server with all its processes, a request: it does not hang on how busy the machine is otherwise
  client       the same of the clients

Ratios are taken round by round: their median (least to most). Two more things are measured with the forest. How long Kiroku takes from its start until
it is ready, by turns with a bare Python that imports MLflow and loads the model. And what a saturated server does: Kiroku without its engines, with
places for 16 waiting requests, is asked by 64 clients who, when turned away (429 with Retry-After), come back at once.
"""

import argparse
import json
import math
import os
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
MODELS = {"iris": "iris, forest of 100 trees", "xgb": "XGBoost, 100 trees for each of 3 classes", "lgbm": "LightGBM, 100 trees for each of 3 classes",
          "onnx": "ONNX, perceptron of three layers", "pyfunc": "Python code that does nothing"}
# How many times as many requests, or as short a p50.
TARGETS = {("iris", 64, 1): ("rate", 20), ("iris", 1, 1): ("p50", 5), ("iris", 4, 1000): ("rate", 2), ("onnx", 64, 1): ("rate", 30), ("xgb", 64, 1): ("rate", 10)}
SATURATED = 16  # places to wait


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
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW_", "KIROKU_")) or key.startswith("KIROKU_JAVA")}
        self.began = time.monotonic()
        self.process = subprocess.Popen([*command, "--port", str(self.port)], cwd=work, stdout=self.log, stderr=self.log, start_new_session=True,
                                        env={**kept, "MLFLOW_DISABLE_TELEMETRY": "true", **environment})

    def await_ready(self):
        """Returns the seconds from the start until the server was ready."""
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() - self.began > 300:
                self.log.seek(0)
                sys.exit(f"{self.name} did not become ready:\n{self.log.read()[-3000:]}")
            time.sleep(0.02)
        return time.monotonic() - self.began

    def ready(self):
        try:
            return exchange(self.port, b"GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")[0] == 200
        except (OSError, ValueError):
            return False

    def signal(self, which):
        try:
            os.killpg(self.process.pid, which)
        except ProcessLookupError:
            pass


def end(servers):
    """Ends all servers with their child processes."""
    for server in servers:
        server.signal(signal.SIGTERM)
    for server in servers:
        try:
            server.process.wait(20)
        except subprocess.TimeoutExpired:
            pass
        server.signal(signal.SIGKILL)
        server.process.wait()
        server.log.close()


def request(data):
    return f"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data


def complete(received):
    """Returns status and body when the response is complete."""
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


class Clients:
    """The process of the closed-loop clients."""

    def __init__(self, java):
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../src/main/java/dev/kiroku/bench/serving/ServingLoadClient.java")
        self.process = subprocess.Popen([java, "-XX:+UseSerialGC", "-Xmx256m", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)

    def load(self, port, message, clients, seconds):
        """Runs closed-loop clients; returns their results and their CPU time in seconds."""
        before = cpu(self.process.pid)
        self.process.stdin.write(f"{port} {clients} {seconds} {len(message)}\n".encode() + message)
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit("the clients ended before the load was over")
        return json.loads(line), cpu(self.process.pid) - before

    def close(self):
        self.process.kill()
        self.process.wait()


def cpu(session):
    """Returns the CPU time in seconds of all processes of a session, including ended ones."""
    total = 0
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            total += sum(map(int, fields[11:15]))
    return total / os.sysconf("SC_CLK_TCK")


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


class Seen:
    """The results of one server under one load, by round."""

    def __init__(self):
        self.rate, self.p50, self.p99, self.cpu, self.client, self.shed = [], [], [], [], [], []

    def round(self, server, clients, message, count, seconds):
        before = cpu(server.process.pid)
        seen, own = clients.load(server.port, message, count, seconds)
        used = cpu(server.process.pid) - before
        if seen["errors"] or not seen["answered"]:
            sys.exit(f"{server.name} failed {seen['errors']} requests and answered {seen['answered']}")
        answered = seen["answered"]
        self.rate.append(answered / seen["seconds"])
        self.shed.append(seen["shed"] / seen["seconds"])
        self.p50.append(seen["p50"])
        self.p99.append(seen["p99"])
        self.cpu.append(used * 1000 / answered)
        self.client.append(own * 1000 / answered)


def measure(model, servers, clients, count, rows, rounds, seconds, warm):
    """Returns the results of each server by name."""
    message = request(body(model, rows))
    seen = {server.name: Seen() for server in servers}
    for server in servers:
        say(f"{model}: {count} client(s), {rows} row(s): {server.name} warms up")
        clients.load(server.port, message, count, warm)
    for number in range(rounds):
        for server in servers:
            say(f"{model}: {count} client(s), {rows} row(s): round {number + 1} of {rounds}, {server.name}")
            seen[server.name].round(server, clients, message, count, seconds)
            if sum(seen[server.name].shed):
                sys.exit(f"{model}: {server.name} turned requests away")
    say("")
    for name, of in seen.items():
        middle = map(statistics.median, (of.p50, of.p99, of.cpu, of.client))
        print(f"{model:7} {count:3} x {rows:<4} {name:15} {statistics.median(of.rate):9.0f} ({min(of.rate):.0f} to {max(of.rate):.0f})".ljust(62)
              + "{:9.2f} {:9.2f} {:9.3f} {:9.3f}".format(*middle), flush=True)
    return seen


def ratio(over, under):
    """Returns the median, the lowest and the highest ratio of the rounds of two servers."""
    each = [a / b for a, b in zip(over, under)]
    return statistics.median(each), min(each), max(each)


def starts(path, command, environment, rounds, work):
    """Measures, alternately, the seconds until a bare Python has loaded the model and until Kiroku is ready, with files in the page cache."""
    load = [sys.executable, "-c", "import sys, mlflow.pyfunc; mlflow.pyfunc.load_model(sys.argv[1])", path]
    python, kiroku = [], []
    for number in range(rounds):
        say(f"start: round {number + 1} of {rounds}")
        began = time.monotonic()
        subprocess.run(load, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        python.append(time.monotonic() - began)
        server = Server("kiroku-start", command, environment, work)
        try:
            kiroku.append(server.await_ready())
        finally:
            quietly(lambda: end([server]))
    return python, kiroku


def saturate(path, command, environment, clients, rounds, seconds, work):
    """Measures 64 clients against a server with a short queue."""
    server, seen = Server("kiroku-saturated", [*command, "--engines", "off", "--max-queue", str(SATURATED)], environment, work), Seen()
    try:
        server.await_ready()
        message = request(body("iris", 1))
        say("saturated: warms up")
        clients.load(server.port, message, 64, 2)
        for number in range(rounds):
            say(f"saturated: round {number + 1} of {rounds}")
            seen.round(server, clients, message, 64, seconds)
    finally:
        quietly(lambda: end([server]))
    return seen


def markdown(loads, started, saturated):
    """Returns the table for docs/serving.md."""
    print("\n| | MLflow: requests/s | p50, ms | CPU, ms | Kiroku: requests/s | p50, ms | CPU, ms | requests/s, times as many | p50, times shorter | target |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    middle = statistics.median
    for (model, count, rows), seen in loads.items():
        mlflow, kiroku = seen["mlflow"], seen["kiroku"]
        ratios = {"rate": ratio(kiroku.rate, mlflow.rate), "p50": ratio(mlflow.p50, kiroku.p50)}
        told = {kind: "{:.1f} ({:.1f} to {:.1f})".format(*of) for kind, of in ratios.items()}
        kind, least = TARGETS.get((model, count, rows), (None, None))
        target = "" if kind is None else f"{'requests/s' if kind == 'rate' else 'p50'} ≥ {least}×: " + ("met" if ratios[kind][0] >= least else "missed")
        cells = [f"{MODELS[model]}; {count} client{'s' if count > 1 else ''}, {rows} row{'s' if rows > 1 else ''}"]
        for of in (mlflow, kiroku):
            cells += [f"{middle(of.rate):.0f}", f"{middle(of.p50):.2f}", f"{middle(of.cpu):.3f}"]
        print("| " + " | ".join([*cells, told["rate"], told["p50"], target]) + " |")
    if started:
        python, kiroku = started
        print("\nStart of the forest's server until it is ready: {:.1f} s ({:.1f} to {:.1f}); a bare Python that imports MLflow and loads it: {:.1f} s ({:.1f} to {:.1f}); "
              "ratio {:.2f} ({:.2f} to {:.2f}).".format(middle(kiroku), min(kiroku), max(kiroku), middle(python), min(python), max(python), *ratio(kiroku, python)))
    if saturated:
        print("\nSaturated ({} places to wait, 64 clients who come back at once): {:.0f} answers/s ({:.0f} to {:.0f}), p99 {:.0f} ms; {:.0f} a second told 429 with "
              "Retry-After; none failed otherwise.".format(SATURATED, middle(saturated.rate), min(saturated.rate), max(saturated.rate), middle(saturated.p99),
                                                           middle(saturated.shed)))
    sys.stdout.flush()


def say(text):
    """Prints progress on a line that is overwritten."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
    elif text:
        print(f"  {text}", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(prog="bench/serving/run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kiroku", help=argparse.SUPPRESS)
    parser.add_argument("--java", help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: done within three minutes on an idle machine")
    parser.add_argument("--only", default="iris,xgb,onnx", help="models: iris, xgb, lgbm, onnx, pyfunc (default: iris,xgb,onnx)")
    parser.add_argument("--with", dest="more", default="", help="also measure Kiroku with 'workers' only, without engines; and with 'c1', only the first of the JVM's compilers")
    parser.add_argument("--rounds", type=int, help="for each load and server (default: 5, quick: 3)")
    parser.add_argument("--seconds", type=float, help="of a round (default: 5, quick: 1.5)")
    options = parser.parse_args()
    unknown = set(options.only.split(",")) - set(MODELS)
    if unknown:
        parser.error(f"there is no model {', '.join(sorted(unknown))}; known are {', '.join(sorted(MODELS))}")
    rounds = options.rounds or (3 if options.quick else 5)
    seconds = options.seconds or (1.5 if options.quick else 5.0)
    more = [word for word in options.more.split(",") if word]
    for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(which, stopped)
    bin_folder = os.path.dirname(sys.executable)
    work = tempfile.mkdtemp(prefix="kiroku-bench-")
    python = {"KIROKU_PYTHON": sys.executable}
    began = time.monotonic()
    clients = Clients(options.java)
    print(f"{'model':7} clients x rows  {'server':11} requests/s (least to most)".ljust(62) + f"{'p50 ms':>9} {'p99 ms':>9} {'CPU ms':>9} {'client':>9}", flush=True)
    loads, started, saturated = {}, None, None
    try:
        for model in options.only.split(","):
            path = os.path.join(work, model)
            say(f"{model}: making the model")
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
            servers, took = [], []
            try:
                for name, command, environment in commands:
                    say(f"{model}: {name} starts")
                    servers.append(Server(name, command, environment, work))
                    took.append(f"{name} {servers[-1].await_ready():.1f} s")
                say("")
                print(f"{model:7} start to ready: " + ", ".join(took), flush=True)
                compare(model, servers)
                warm = 4.0 if options.quick else 15.0  # what has just started compiles; a service runs for longer than that
                for count, rows in LOADS.get(model, OTHER_LOADS):
                    loads[model, count, rows] = measure(model, servers, clients, count, rows, rounds, seconds, warm)
                    warm = max(1.0, seconds / 2)
            finally:
                quietly(lambda: end(servers))
            if model == "iris":
                started = starts(path, kiroku, python, rounds, work)
                saturated = saturate(path, kiroku, python, clients, rounds, seconds, work)
        say("")
        markdown(loads, started, saturated)
    finally:
        quietly(clients.close)
        shutil.rmtree(work, ignore_errors=True)
    say(f"done in {time.monotonic() - began:.0f} s\n")


def stopped(*_):
    say("")
    sys.exit("stopped: ending the servers")


def quietly(what):
    """Runs to the end, ignoring further interrupts."""
    for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(which, signal.SIG_IGN)
    what()
    for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(which, stopped)


if __name__ == "__main__":
    main()
