package dev.kiroku.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** The databases that real releases of MLflow made; see the README beside them. */
final class MlflowDatabases {
    private MlflowDatabases() {}

    /** Unpacks the SQLite database of a release into a folder; returns its URI. */
    static String unpack(String release, Path folder) throws IOException {
        return unpackDatabase("mlflow-" + release + ".db", folder);
    }

    /** Unpacks the SQLite database of the users of a release into a folder; returns its URI. */
    static String unpackUsers(String release, Path folder) throws IOException {
        return unpackDatabase("basic-auth-" + release + ".db", folder);
    }

    private static String unpackDatabase(String name, Path folder) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in = open(name + ".gz")) {
            Files.copy(in, file);
        }
        return "sqlite:///" + file;
    }

    /** Opens a file of the resources, without its compression. */
    static InputStream open(String name) throws IOException {
        InputStream resource = MlflowDatabases.class.getResourceAsStream("/mlflow/" + name);
        return new GZIPInputStream(resource);
    }
}
