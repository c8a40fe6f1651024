package dev.kiroku.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Starts Kiroku as users do: the command line in a process of its own. */
public final class KirokuServers {
    /** A relative path: every server runs in a directory of its own. */
    private static final String SQLITE = "sqlite:///kiroku.db";

    private KirokuServers() {}

    public static ServerProcess onSqlite(String... options) {
        return ServerProcess.start("Kiroku on SQLite", command(SQLITE, options));
    }

    /** @param environment variables in addition to those of this process */
    static ServerProcess onSqlite(Map<String, String> environment, String... options) {
        return ServerProcess.start("Kiroku on SQLite", command(SQLITE, options), environment);
    }

    /** @param port the port of an embedded PostgreSQL */
    public static ServerProcess onPostgres(int port, String... options) {
        return onPostgres(port, Map.of(), options);
    }

    /** @param environment variables in addition to those of this process */
    static ServerProcess onPostgres(int port, Map<String, String> environment, String... options) {
        return ServerProcess.start("Kiroku on PostgreSQL", command(postgres(port), options), environment);
    }

    /** Starts a model server. */
    static ServerProcess modelServer(List<String> words, Map<String, String> environment) {
        String java = ProcessHandle.current().info().command().orElse("java");
        List<String> program = List.of(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.kiroku.cli.Main",
                "models",
                "serve");
        return ServerProcess.start(
                "Kiroku's models",
                Stream.concat(program.stream(), words.stream()).toList(),
                environment);
    }

    /** Starts a server on the data of an earlier one. */
    public static ServerProcess restartOnSqlite(Path directory, String... options) {
        return ServerProcess.start("Kiroku on SQLite again", command(SQLITE, options), directory);
    }

    /**
     * Runs a command on the SQLite database of a directory.
     *
     * @return its output
     */
    static String command(Path directory, String input, String... words) throws IOException, InterruptedException {
        return commandOn(SQLITE, directory, input, words);
    }

    /**
     * Runs a command on the database of a server.
     *
     * @param server whose database is on SQLite, unless a port is given
     * @param postgresPort the port of an embedded PostgreSQL, or null
     * @return its output
     */
    public static String command(ServerProcess server, Integer postgresPort, String... words)
            throws IOException, InterruptedException {
        return commandOn(postgresPort == null ? SQLITE : postgres(postgresPort), server.directory(), "", words);
    }

    private static String commandOn(String store, Path directory, String input, String... words)
            throws IOException, InterruptedException {
        List<String> program = List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.kiroku.cli.Main");
        List<String> all = Stream.of(program.stream(), Stream.of(words), Stream.of("--backend-store-uri", store))
                .flatMap(part -> part)
                .toList();
        Process process = new ProcessBuilder(all)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try (var in = process.outputWriter()) {
            in.write(input);
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", words) + ": " + said);
        }
        return said;
    }

    public static ServerProcess restartOnPostgres(int port, Path directory) {
        return ServerProcess.start("Kiroku on PostgreSQL again", command(postgres(port)), directory);
    }

    private static String postgres(int port) {
        return "postgresql://postgres:postgres@127.0.0.1:" + port + "/postgres";
    }

    /** @param options options of the server; those that start with {@code -X} are passed to the JVM */
    private static List<String> command(String store, String... options) {
        List<String> jvm = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        List<String> server = new ArrayList<>(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "dev.kiroku.cli.Main",
                "server",
                "--backend-store-uri",
                store,
                "--artifacts-destination",
                "./artifacts"));
        for (String option : options) {
            (option.startsWith("-X") ? jvm : server).add(option);
        }
        jvm.addAll(server);
        return jvm;
    }
}
