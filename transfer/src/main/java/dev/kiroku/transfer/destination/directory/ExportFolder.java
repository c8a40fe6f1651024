package dev.kiroku.transfer.destination.directory;

import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** The folder of an export, and the form of its files: records are in the field {@code mlflow}. */
final class ExportFolder {
    /** Marks an export that is not complete. */
    private static final String MARK = ".kiroku-export";

    private static final int MAX_NAME_BYTES = 255;
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS) // Python writes and reads NaN as a bare word
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private final Path root;

    /**
     * Creates the folder, or goes on with one of an export that was interrupted.
     *
     * @throws KirokuException INVALID_PARAMETER_VALUE if it has other files
     */
    ExportFolder(Path root) {
        this.root = root.toAbsolutePath().normalize();
        try {
            Files.createDirectories(this.root);
            Path mark = this.root.resolve(MARK);
            if (!Files.exists(mark)) {
                requireEmpty(this.root);
                Files.createFile(mark);
            }
        } catch (IOException e) {
            throw KirokuException.invalid("The folder %s cannot be written: %s.", root, e.getMessage());
        }
    }

    private static void requireEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            if (files.findAny().isPresent()) {
                throw KirokuException.invalid(
                        "The folder %s is not empty. Name another one: files of an earlier export would be mixed with those of this one.",
                        folder);
            }
        }
    }

    Path root() {
        return root;
    }

    Path experiment(long id) {
        return root.resolve("experiments").resolve(Long.toString(id));
    }

    Path model(String name) {
        return root.resolve("models").resolve(fileName(name));
    }

    /** Returns the name of a folder: the text itself, if it can be one. */
    static String fileName(String text) {
        return isFileName(text) ? text : URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static boolean isFileName(String text) {
        return !text.isEmpty()
                && !text.startsWith(".")
                && text.chars().noneMatch(c -> c == '/' || c == '\\' || c < ' ')
                && text.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES;
    }

    /** Returns the path of a file or folder relative to the root, with slashes. */
    String relativize(Path path) {
        return root.relativize(path).toString().replace('\\', '/');
    }

    /** Writes the records of a file. */
    interface Content {
        void write(JsonGenerator json) throws IOException;
    }

    /** Opens a file up to its records; {@link #end} ends it. */
    JsonGenerator begin(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        JsonGenerator json = generate(file);
        json.writeStartObject();
        json.writePOJOProperty("system", Map.of("package_version", "1.2.0", "script", "kiroku export"));
        json.writeObjectPropertyStart("mlflow");
        return json;
    }

    JsonGenerator generate(Path file) throws IOException {
        return JSON.createGenerator(Files.newBufferedWriter(file));
    }

    JsonParser parse(Path file) throws IOException {
        return JSON.createParser(Files.newBufferedReader(file));
    }

    /**
     * Ends a file.
     *
     * @param info what is told beside the records; may be empty
     */
    static void end(JsonGenerator json, Map<String, ?> info) {
        json.writeEndObject();
        if (!info.isEmpty()) {
            json.writePOJOProperty("info", info);
        }
        json.writeEndObject();
        json.close();
    }

    /** Writes a whole file. */
    void write(Path file, Map<String, ?> info, Content content) {
        try (JsonGenerator json = begin(file)) {
            content.write(json);
            end(json, info);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes the mark of an export that is not complete, and the folder of unfinished copies. */
    void complete() {
        try {
            Path uploads = root.resolve(".kiroku-uploads");
            if (Files.isDirectory(uploads)) {
                Files.delete(uploads);
            }
            Files.deleteIfExists(root.resolve(MARK));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
