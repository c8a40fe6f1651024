package dev.kiroku.cli.command;

import dev.kiroku.cli.config.ConfigFile;
import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.cli.config.ServerProperties;
import dev.kiroku.cli.config.Settings;
import dev.kiroku.cli.logging.Logging;
import dev.kiroku.cli.wiring.RunningServer;
import dev.kiroku.cli.wiring.ServerWiring;
import dev.kiroku.model.KirokuException;
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
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code kiroku train}: starts a server on temporary data, sends it a few requests and stops it, so that the JVM can record which classes a
 * start needs (the AOT cache). Run by the launcher and by the image build; hidden from the help.
 */
final class AotTrainingCommand {
    /** The first requests of a client, so that the classes for parsing, SQL and JSON are recorded too. */
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

    private final CommandContext context;

    AotTrainingCommand(CommandContext context) {
        this.context = context;
    }

    CommandSpec spec() {
        CommandHandler handler = this::run;
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name("train");
        spec.usageMessage().hidden(true).description("Record the classes that a start needs, for the JVM's AOT cache.");
        return spec;
    }

    private int run(ParseResult arguments) throws Exception {
        extractLibraries();
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
            Logging.start(config.logLevel(), context.err());
            try (RunningServer server = ServerWiring.start(config, context.environment());
                    HttpClient client = HttpClient.newHttpClient()) {
                StartupBanner.lines(config, server.port());
                for (Call call : CALLS) {
                    send(client, server.port(), call);
                }
            }
            startModelServer(folder);
            return ExitStatus.SUCCESS;
        } finally {
            Directories.deleteRecursively(folder);
        }
    }

    /**
     * Extracts the native libraries of SQLite and ONNX Runtime into the folder that the launcher passes to them. By default they extract
     * themselves into the temporary folder at every start, and a killed process leaves the files there.
     */
    private static void extractLibraries() throws IOException {
        String folder = System.getProperty("org.sqlite.lib.path");
        if (folder == null) {
            return;
        }
        extract(
                LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName(),
                Path.of(folder));
        boolean mac = System.getProperty("os.name").startsWith("Mac");
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        for (String name : List.of("onnxruntime", "onnxruntime4j_jni")) {
            extract(
                    "/ai/onnxruntime/native/" + (mac ? "osx" : "linux") + (arm ? "-aarch64/" : "-x64/")
                            + System.mapLibraryName(name),
                    Path.of(folder));
        }
    }

    /** Does nothing on a platform without the library; the library itself reports that when it is used. */
    private static void extract(String resource, Path folder) throws IOException {
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

    /** Runs the start of the model server up to the point where it needs a Python with MLflow, which is missing where images are built. */
    private static void startModelServer(Path folder) throws Exception {
        Files.createFile(folder.resolve("MLmodel"));
        PrintStream discarded = new PrintStream(OutputStream.nullOutputStream());
        CommandContext context = new CommandContext(
                discarded, discarded, Map.of("KIROKU_PYTHON", "/bin/false", "KIROKU_CACHE", folder.toString()));
        ServeCommand serve = new ServeCommand(context);
        try {
            serve.run(new CommandLine(serve.spec())
                    .parseArgs("--model-uri", folder.toString(), "--port", "0", "--no-conda"));
        } catch (KirokuException e) {
            // Expected: /bin/false is no Python.
        }
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
            throw new IOException(call.method() + " " + call.path() + " failed with status " + status);
        }
    }
}
