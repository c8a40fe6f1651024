package dev.kiroku.transfer.source.files;

import dev.kiroku.core.yaml.YamlReader;
import dev.kiroku.model.KirokuException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The fields of a file {@code meta.yaml}. Older releases wrote fewer fields and other types. */
final class MetaFile {
    static final String NAME = "meta.yaml";

    private final Path file;
    private final Map<?, ?> fields;

    private MetaFile(Path file, Map<?, ?> fields) {
        this.file = file;
        this.fields = fields;
    }

    /** Reads the file of a folder; reports it and returns empty if it is missing or damaged. */
    static Optional<MetaFile> read(Path folder, Problems problems) {
        Path file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            problems.add(folder + " is left out: it has no " + NAME + ".");
            return Optional.empty();
        }
        try {
            if (YamlReader.read(file.toString(), file) instanceof Map<?, ?> fields) {
                return Optional.of(new MetaFile(file, fields));
            }
            problems.add(folder + " is left out: " + NAME + " is empty or damaged.");
        } catch (KirokuException e) {
            problems.add(folder + " is left out: " + e.getMessage());
        }
        return Optional.empty();
    }

    /** Returns a text; null if the field is missing or empty. */
    @Nullable String text(String field) {
        Object value = fields.get(field);
        return value == null || value.toString().isEmpty() ? null : value.toString();
    }

    /** Returns a text; throws {@link DamagedFile} if the field is missing or empty. */
    String require(String field) {
        String text = text(field);
        if (text == null) {
            throw new DamagedFile(file + " has no " + field);
        }
        return text;
    }

    /** Returns a whole number; null if the field is missing. */
    @Nullable Long number(String field) {
        String text = text(field);
        if (text == null) {
            return null;
        }
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw new DamagedFile(file + ": " + field + " is not a number");
        }
    }

    /** Returns a whole number, or {@code missing}. */
    long number(String field, long missing) {
        Long number = number(field);
        return number == null ? missing : number;
    }

    /** Returns the entries of a map; empty if the field is missing or no map. */
    Map<?, ?> map(String field) {
        return fields.get(field) instanceof Map<?, ?> map ? map : Map.of();
    }

    /** A file that cannot be used. The message is a sentence without its full stop. */
    static final class DamagedFile extends RuntimeException {
        private static final long serialVersionUID = 1;

        DamagedFile(String message) {
            super(message);
        }
    }
}
