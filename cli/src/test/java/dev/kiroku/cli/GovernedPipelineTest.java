package dev.kiroku.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.kiroku.cli.command.CommandContext;
import dev.kiroku.cli.command.ExitStatus;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * From a run to production: a server, the commands of deploy/github/model-deploy.yaml as GitHub would run
 * them, a second user who approves, and a receiver of webhooks. Every part except the receiver is a process of its own.
 */
class GovernedPipelineTest {
    private static final Pattern URL = Pattern.compile("serves on (http://\\S+)");
    private static final String SECRET = "known to two";
    private static final String MLMODEL =
            "flavors:\n  python_function: {}\n  sklearn: {}\nsignature:\n  inputs: '[]'\n";
    private static final String GATES = """
            gates:
              - name: quality
                models: iris-*
                alias: champion
                require: >-
                  metrics.accuracy >= 0.90 AND metrics.f1_macro >= 0.85 AND version.has_signature AND version.flavor = 'sklearn'
                  AND metrics.accuracy >= champion.metrics.accuracy - 0.005
                freeze: true
              - name: sign-off
                models: "*"
                alias: champion
                approvals: {required: 1, from: [group:reviewers]}
            """;

    private record WebhookRequest(Map<String, String> headers, String body) {}

    private final JsonMapper json = new JsonMapper();
    private final LinkedBlockingQueue<WebhookRequest> webhookRequests = new LinkedBlockingQueue<>();

    @TempDir
    private Path folder;

    private HttpServer listener;
    private Process server;
    private String url;
    private String token;

    @BeforeEach
    void start() throws Exception {
        listener = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        listener.createContext("/hook", exchange -> {
            Map<String, String> headers = new HashMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), values.getFirst()));
            webhookRequests.add(new WebhookRequest(
                    headers, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        listener.start();
        for (String user : List.of("ann", "bob --group reviewers", "root --group admins", "ci")) {
            List<String> words = new ArrayList<>(List.of("users", "add", "--password-stdin"));
            words.addAll(List.of(user.split(" ")));
            ProcessResult added = runOnDatabase(password(user.split(" ")[0]) + "\n", words);
            assertEquals(0, added.status, added.out);
        }
        token = runOnDatabase("", List.of("users", "token", "create", "ci"))
                .out
                .lines()
                .filter(line -> line.startsWith("kiroku_"))
                .findFirst()
                .orElseThrow();
        server = process(List.of(
                        "server",
                        "--port",
                        "0",
                        "--auth",
                        "BASIC",
                        "--default-permission",
                        "EDIT",
                        "--webhook-allow-private-ips",
                        "--webhook-allowed-schemes",
                        "http"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader said = server.errorReader();
        for (String line = said.readLine(); line != null && url == null; line = said.readLine()) {
            Matcher banner = URL.matcher(line);
            url = banner.find() ? banner.group(1) : null;
        }
        assertNotEquals(null, url, "the server has ended");
        Thread.ofVirtual().start(() -> said.lines().forEach(line -> {}));
    }

    @AfterEach
    void stop() throws Exception {
        listener.stop(0);
        if (server != null) {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    void onlyApprovedBetterModelReachesProduction() throws Exception {
        Files.writeString(folder.resolve("gates.yaml"), GATES);
        assertEquals(
                ExitStatus.FAILURE,
                kiroku("ann", "gates", "apply", "-f", "gates.yaml", "--yes").status,
                "only admins change gates");
        assertEquals(0, kiroku("root", "gates", "apply", "-f", "gates.yaml", "--yes").status);
        assertEquals(0, kiroku("ann", "gates", "list").status);
        assertEquals(ExitStatus.FAILURE, kiroku("ann", "audit", "tail").status, "the log is for admins");
        post(
                "root",
                "/api/2.0/mlflow/webhooks",
                Map.of(
                        "name",
                        "deploy",
                        "url",
                        "http://127.0.0.1:" + listener.getAddress().getPort() + "/hook",
                        "secret",
                        SECRET,
                        "events",
                        List.of(Map.of("entity", "MODEL_VERSION_ALIAS", "action", "CREATED")),
                        "other_events",
                        List.of("approval.requested", "approval.completed")));
        String head =
                kiroku("root", "audit", "verify", "--json").json().path("head").asString();

        post("ann", "/api/2.0/mlflow/registered-models/create", Map.of("name", "iris-classifier"));
        train("0.80");
        ProcessResult refused = pipeline("1", "validate");
        assertEquals(ExitStatus.FAILURE, refused.status, refused.out);
        assertTrue(refused.out.contains("metrics.accuracy is 0.8, 0.1 below 0.9"), refused.out);
        assertEquals(ExitStatus.FAILURE, kiroku("ann", "models", "promote", "iris-classifier", "1", "--yes").status);

        train("0.95");
        assertEquals(0, pipeline("2", "validate").status);
        assertEquals(0, pipeline("2", "deploy-staging").status);
        assertEquals(
                403,
                call(
                                "ann",
                                "POST",
                                "/api/2.0/mlflow/registered-models/alias",
                                Map.of("name", "iris-classifier", "alias", "champion", "version", "2"))
                        .statusCode(),
                "nobody goes round it");

        Process waiting = step("2", "approve").start();
        WebhookRequest requested = webhookRequests.poll(60, TimeUnit.SECONDS);
        assertEquals("approval", json.readTree(requested.body).path("entity").asString(), requested.body);
        String id =
                json.readTree(requested.body).path("data").path("request_id").asString();
        assertEquals(ExitStatus.FAILURE, kiroku("ann", "approvals", "approve", id).status, "ann is no reviewer");
        assertTrue(waiting.isAlive());
        assertEquals(0, kiroku("bob", "approvals", "approve", id, "--comment", "agreed").status);
        String said = new String(waiting.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, waiting.waitFor(), said);
        assertTrue(said.contains("APPROVED"), said);
        assertEquals(0, pipeline("2", "deploy-production").status);
        assertEquals(
                "2",
                call("ann", "GET", "/api/2.0/mlflow/registered-models/alias?name=iris-classifier&alias=champion", null)
                        .body()
                        .replaceAll("(?s).*\"version\":\"(\\d+)\".*", "$1"));

        String run = call("ann", "GET", "/api/2.0/mlflow/model-versions/get?name=iris-classifier&version=2", null)
                .body()
                .replaceAll("(?s).*\"run_id\":\"(\\w+)\".*", "$1");
        HttpResponse<String> frozen = call(
                "ann",
                "POST",
                "/api/2.0/mlflow/runs/log-metric",
                Map.of("run_id", run, "key", "accuracy", "value", 0.99, "timestamp", 1));
        assertEquals(403, frozen.statusCode(), frozen.body());
        assertTrue(frozen.body().contains("gate 'quality' freezes it"), frozen.body());
        String exported = kiroku("root", "gates", "export").out;
        assertTrue(exported.contains("freeze: true"), exported);
        Files.writeString(folder.resolve("exported.yaml"), exported);
        assertEquals(0, kiroku("root", "gates", "diff", "-f", "exported.yaml").status);
        Files.writeString(folder.resolve("wrong.yaml"), exported.replace("freeze: true", "freeze: perhaps"));
        assertEquals(ExitStatus.FAILURE, kiroku("root", "gates", "diff", "-f", "wrong.yaml").status);

        List<String> events = new ArrayList<>();
        for (WebhookRequest event = webhookRequests.poll(60, TimeUnit.SECONDS);
                event != null && events.size() < 2;
                event = events.size() < 2 ? webhookRequests.poll(60, TimeUnit.SECONDS) : null) {
            JsonNode body = json.readTree(event.body);
            events.add(
                    body.path("entity").asString() + "." + body.path("action").asString() + " "
                            + body.path("data").path("version").asString());
            assertEquals(signature(event), event.headers.get("x-mlflow-signature"));
        }
        assertEquals(
                List.of("approval.completed 2", "model_version_alias.created 2"),
                events.stream().sorted().toList());

        ProcessResult verified = kiroku("root", "audit", "verify", "--expect", head);
        assertEquals(0, verified.status, verified.out);
        assertEquals(0, kiroku("root", "audit", "export", "--output", "audit.jsonl").status);
        assertEquals(0, kiroku("root", "audit", "verify", "--file", "audit.jsonl", "--expect", head).status);
        Path export = folder.resolve("audit.jsonl");
        Files.writeString(export, Files.readString(export).replace("\"actor\":\"bob\"", "\"actor\":\"ann\""));
        assertEquals(ExitStatus.FAILURE, kiroku("root", "audit", "verify", "--file", "audit.jsonl").status);

        ProcessResult diff = kiroku("ann", "models", "diff", "iris-classifier", "1", "2");
        assertTrue(diff.out.matches("(?s).*metrics\\.accuracy +0\\.8 +0\\.95 +\\+0\\.150000.*"), diff.out);
        assertEquals(
                ExitStatus.FAILURE,
                kiroku("ann", "models", "alias", "iris-classifier", "challenger", "1", "--expect", "2").status);
        assertEquals(0, kiroku("ann", "models", "alias", "iris-classifier", "challenger", "1", "--expect", "0").status);
        assertTrue(kiroku("ann", "models", "list").out.contains("challenger=1 champion=2"));
        assertTrue(kiroku("ann", "models", "versions", "iris-classifier").out.contains("champion"));
        HttpResponse<String> conflict = send(
                "ann",
                HttpRequest.newBuilder(URI.create(url + "/api/2.0/mlflow/registered-models/alias"))
                        .header("If-Match", "\"2\"")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"name\":\"iris-classifier\",\"alias\":\"challenger\",\"version\":\"2\"}")));
        assertEquals(409, conflict.statusCode(), conflict.body());
        assertTrue(conflict.body().contains("points at version 1, and not at version 2"), conflict.body());
    }

    /** Logs a run with metrics and a model file and registers a version, with the calls of MLflow's client. */
    private void train(String accuracy) throws Exception {
        JsonNode run = post("ann", "/api/2.0/mlflow/runs/create", Map.of("experiment_id", "0"))
                .path("run")
                .path("info");
        String id = run.path("run_id").asString();
        for (String metric : List.of("accuracy", "f1_macro")) {
            post(
                    "ann",
                    "/api/2.0/mlflow/runs/log-metric",
                    Map.of(
                            "run_id",
                            id,
                            "key",
                            metric,
                            "value",
                            Double.parseDouble(accuracy),
                            "timestamp",
                            1,
                            "step",
                            0));
        }
        String place = run.path("artifact_uri").asString();
        HttpResponse<String> put = send(
                "ann",
                HttpRequest.newBuilder(URI.create(url + "/api/2.0/mlflow-artifacts/artifacts/"
                                + place.replaceFirst("mlflow-artifacts:/+", "") + "/model/MLmodel"))
                        .PUT(HttpRequest.BodyPublishers.ofString(MLMODEL)));
        assertEquals(200, put.statusCode(), put.body());
        post(
                "ann",
                "/api/2.0/mlflow/model-versions/create",
                Map.of("name", "iris-classifier", "source", place + "/model", "run_id", id));
    }

    private static String signature(WebhookRequest event) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String signed = event.headers.get("x-mlflow-delivery-id") + "." + event.headers.get("x-mlflow-timestamp") + "."
                + event.body;
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    }

    /** Runs a job of the workflow and returns its result. */
    private ProcessResult pipeline(String version, String job) throws Exception {
        return ProcessResult.of(step(version, job).start());
    }

    /** Returns the scripts of a job of deploy/github/model-deploy.yaml, with the shell and the variables that GitHub uses. */
    private ProcessBuilder step(String version, String job) throws IOException {
        Path file = Path.of("..", "deploy", "github", "model-deploy.yaml");
        Map<?, ?> workflow =
                (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
        Map<?, ?> steps = (Map<?, ?>) ((Map<?, ?>) workflow.get("jobs")).get(job);
        StringBuilder script = new StringBuilder("set -eo pipefail\n");
        for (Object step : (List<?>) steps.get("steps")) {
            Object run = ((Map<?, ?>) step).get("run");
            script.append(run == null ? "" : run + "\n");
        }
        Path bin = Files.createDirectories(folder.resolve("bin"));
        String java = String.join("' '", java());
        writeExecutable(bin.resolve("kiroku"), "#!/bin/sh\nexec '" + java + "' \"$@\"\n");
        writeExecutable(bin.resolve("kubectl"), "#!/bin/sh\necho \"kubectl $*\"\n");
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", script.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true);
        clearEnvironment(builder);
        ((Map<?, ?>) workflow.get("env"))
                .forEach((name, value) -> builder.environment()
                        .put(
                                name.toString(),
                                value.toString()
                                        .replace("${{ github.event.inputs.model_name }}", "iris-classifier")
                                        .replace("${{ github.event.inputs.model_version }}", version)
                                        .replace("${{ secrets.MLFLOW_TRACKING_URI }}", url)
                                        .replace("${{ secrets.MLFLOW_TRACKING_TOKEN }}", token)));
        builder.environment().put("PATH", bin + File.pathSeparator + System.getenv("PATH"));
        return builder;
    }

    private static void writeExecutable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        assertTrue(file.toFile().setExecutable(true));
    }

    private record ProcessResult(int status, String out) {
        static ProcessResult of(Process process) throws Exception {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new ProcessResult(process.waitFor(), out);
        }

        JsonNode json() {
            return new JsonMapper().readTree(out);
        }
    }

    /** Runs a command as an authenticated user, in this process, because starting a JVM for each would take long. */
    private ProcessResult kiroku(String user, String... words) {
        List<String> all = new ArrayList<>();
        for (String word : words) {
            all.add(
                    word.endsWith(".yaml") || word.endsWith(".jsonl")
                            ? folder.resolve(word).toString()
                            : word);
        }
        return runInProcess(
                Map.of(
                        "MLFLOW_TRACKING_URI",
                        url,
                        "MLFLOW_TRACKING_USERNAME",
                        user,
                        "MLFLOW_TRACKING_PASSWORD",
                        password(user)),
                "",
                all);
    }

    private static ProcessResult runInProcess(Map<String, String> environment, String input, List<String> words) {
        var bytes = new ByteArrayOutputStream();
        var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        var in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        int status = new Cli(new CommandContext(out, out, environment, in, null)).run(words.toArray(String[]::new));
        return new ProcessResult(status, bytes.toString(StandardCharsets.UTF_8));
    }

    /** Runs a command that works on the database, in this process. */
    private ProcessResult runOnDatabase(String input, List<String> words) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of("--backend-store-uri", "sqlite:///" + folder.resolve("kiroku-data/kiroku.db")));
        return runInProcess(Map.of(), input, all);
    }

    private List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName());
    }

    private ProcessBuilder process(List<String> words) {
        List<String> command = new ArrayList<>(java());
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        clearEnvironment(builder);
        return builder;
    }

    private static void clearEnvironment(ProcessBuilder builder) {
        builder.environment().keySet().removeIf(name -> name.startsWith("MLFLOW_") || name.startsWith("KIROKU_"));
    }

    private static String password(String user) {
        return "the password of " + user;
    }

    private JsonNode post(String user, String path, Map<String, Object> body) throws Exception {
        HttpResponse<String> answer = call(user, "POST", path, body);
        assertEquals(200, answer.statusCode(), answer.body());
        return json.readTree(answer.body());
    }

    private HttpResponse<String> call(String user, String verb, String path, Map<String, Object> body)
            throws Exception {
        return send(
                user,
                HttpRequest.newBuilder(URI.create(url + path))
                        .header("Content-Type", "application/json")
                        .method(
                                verb,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body))));
    }

    private HttpResponse<String> send(String user, HttpRequest.Builder request) throws Exception {
        String credentials =
                Base64.getEncoder().encodeToString((user + ":" + password(user)).getBytes(StandardCharsets.UTF_8));
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    request.header("Authorization", "Basic " + credentials).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
