package dev.kiroku.cli;

import dev.kiroku.cli.config.ConfigFile;
import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.cli.config.ServerProperties;
import dev.kiroku.cli.config.Settings;
import dev.kiroku.serving.source.Directories;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code kiroku train}, run by the launcher and the image: a short life of a server on data of its own, so that the JVM can write down
 * which classes a start needs (the AOT cache). Not for people, and hidden from help.
 */
final class AotTrainingCommand {
    /** What a client asks for first, so that parsing, SQL and writing are loaded too. */
    private static final List<Call> CALLS = List.of(
            new Call("GET", "/health", null),
            new Call("GET", "/", null),
            new Call("GET", "/api/2.0/mlflow/experiments/get-by-name?experiment_name=Default", null),
            new Call("POST", "/api/2.0/mlflow/experiments/search", "{\"max_results\": 10}"),
            new Call(
                    "POST",
                    "/api/2.0/mlflow/runs/search",
                    "{\"experiment_ids\": [\"0\"], \"filter\": \"metrics.a > 1 AND params.b = 'c'\"}"));

    private record Call(String method, String path, String body) {}

    private final Console console;

    AotTrainingCommand(Console console) {
        this.console = console;
    }

    CommandSpec spec() {
        CommandHandler action = this::run;
        CommandSpec spec = CommandSpec.wrapWithoutInspection(action).name("train");
        spec.usageMessage()
                .hidden(true)
                .description("Run a server for a moment, so that the JVM learns what a start needs.");
        return spec;
    }

    private int run(ParseResult words) throws Exception {
        unpackLibraries();
        Path folder = Files.createTempDirectory("kiroku-train");
        try {
            Map<String, String> flags = Map.of(
                    "port",
                    "0",
                    "backend-store-uri",
                    "sqlite:///" + folder.resolve("kiroku.db"),
                    "artifacts-destination",
                    folder.resolve("artifacts").toString());
            KirokuConfig config =
                    KirokuConfig.from(new Settings(ServerProperties.all(), flags, Map.of(), ConfigFile.NONE));
            Logging.start(config.logLevel(), console.err());
            try (RunningServer server = ServerWiring.start(config, console.environment());
                    HttpClient client = HttpClient.newHttpClient()) {
                StartupBanner.lines(config, server.port());
                for (Call call : CALLS) {
                    send(client, server.port(), call);
                }
            }
            loadModel(folder);
            return Cli.SUCCESS;
        } finally {
            Directories.deleteRecursively(folder);
        }
    }

    /**
     * Puts the native libraries of SQLite and ONNX Runtime where the launcher tells them to look. Left to themselves they unpack them into the
     * temporary folder at every start, and a process that is killed leaves them there.
     */
    private static void unpackLibraries() throws IOException {
        String folder = System.getProperty("org.sqlite.lib.path");
        if (folder == null) {
            return;
        }
        unpack(
                LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName(),
                Path.of(folder));
        boolean mac = System.getProperty("os.name").startsWith("Mac");
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        for (String name : List.of("onnxruntime", "onnxruntime4j_jni")) {
            unpack(
                    "/ai/onnxruntime/native/" + (mac ? "osx" : "linux") + (arm ? "-aarch64/" : "-x64/")
                            + System.mapLibraryName(name),
                    Path.of(folder));
        }
    }

    /** For a platform that has none, the library itself says so when it is needed. */
    private static void unpack(String resource, Path folder) throws IOException {
        try (InputStream library = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
            if (library != null) {
                Files.createDirectories(folder);
                Files.copy(
                        library,
                        folder.resolve(resource.substring(resource.lastIndexOf('/') + 1)),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** The start of the model server, up to where it needs a Python with MLflow: there is none where images are built. */
    private static void loadModel(Path folder) throws IOException {
        Files.createFile(folder.resolve("MLmodel"));
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        Console console =
                new Console(nowhere, nowhere, Map.of("KIROKU_PYTHON", "/bin/false", "KIROKU_CACHE", folder.toString()));
        new Cli(console).run("models", "serve", "--model-uri", folder.toString(), "--port", "0", "--no-conda");
    }

    private static void send(HttpClient client, int port, Call call) throws IOException, InterruptedException {
        HttpRequest.BodyPublisher body = call.body() == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(call.body());
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + call.path()))
                .header("Content-Type", "application/json")
                .method(call.method(), body)
                .build();
        int status =
                client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status != 200) {
            throw new IOException(call.method() + " " + call.path() + " was answered with " + status);
        }
    }
}
