package dev.kiroku.conformance;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Kiroku as its users start it: the command line in a process of its own. */
final class KirokuServers {
    private KirokuServers() {}

    static Target onSqlite() {
        return start("Kiroku on SQLite", "sqlite:///kiroku.db");
    }

    static Target onPostgres(int port) {
        return start("Kiroku on PostgreSQL", "postgresql://postgres:postgres@127.0.0.1:" + port + "/postgres");
    }

    /** The model server. */
    static Target ofModels(List<String> words, Map<String, String> environment) {
        return ServerProcess.start("Kiroku's models", Stream.concat(program().stream(), Stream.concat(Stream.of("models", "serve"), words.stream())).toList(),
                environment);
    }

    private static Target start(String name, String store) {
        return ServerProcess.start(name, Stream.concat(program().stream(), Stream.of("server", "--backend-store-uri", store,
                "--artifacts-destination", "./artifacts")).toList());
    }

    private static List<String> program() {
        String java = ProcessHandle.current().info().command().orElse("java");
        return List.of(java, "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), "dev.kiroku.cli.Main");
    }
}
