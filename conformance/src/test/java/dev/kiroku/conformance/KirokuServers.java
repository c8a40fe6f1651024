package dev.kiroku.conformance;

import java.util.List;

/** Kiroku as its users start it: the command line in a process of its own. */
final class KirokuServers {
    private KirokuServers() {}

    static Target onSqlite() {
        return start("Kiroku on SQLite", "sqlite:///kiroku.db");
    }

    static Target onPostgres(int port) {
        return start("Kiroku on PostgreSQL", "postgresql://postgres:postgres@127.0.0.1:" + port + "/postgres");
    }

    private static Target start(String name, String store) {
        String java = ProcessHandle.current().info().command().orElse("java");
        return ServerProcess.start(name, List.of(java, "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                "dev.kiroku.cli.Main", "server", "--backend-store-uri", store, "--artifacts-destination", "./artifacts"));
    }
}
