package dev.kiroku.transfer.source.files;

import dev.kiroku.model.KeyValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Folders of the file store. */
final class Folders {
    private static final int MAX_VALUE_BYTES = 4 << 20;

    private Folders() {}

    /** Returns the folders in a folder, ordered by name; empty if it does not exist. */
    static List<Path> children(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the files in a folder and below it, ordered by path; empty if it does not exist. */
    static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.walk(folder)) {
            return entries.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the key that a file stands for: its path below the folder. */
    static String key(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }

    /** Returns the params or tags of a folder: each is a file with the value. Files that cannot be read are reported. */
    static List<KeyValue> values(Path folder, Problems problems) {
        List<KeyValue> values = new ArrayList<>();
        for (Path file : files(folder)) {
            try {
                if (Files.size(file) > MAX_VALUE_BYTES) {
                    problems.add(file + " is left out: it is longer than any value of MLflow.");
                    continue;
                }
                values.add(new KeyValue(key(folder, file), Files.readString(file, StandardCharsets.UTF_8)));
            } catch (MalformedInputException e) {
                problems.add(file + " is left out: it is not UTF-8.");
            } catch (IOException e) {
                problems.add(file + " is left out: " + e.getMessage() + ".");
            }
        }
        return values;
    }
}
