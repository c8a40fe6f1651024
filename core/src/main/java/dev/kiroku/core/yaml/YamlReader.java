package dev.kiroku.core.yaml;

import dev.kiroku.core.files.FileErrors;
import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads YAML 1.2 into maps, lists and plain values, never into objects of classes that the text names. Texts are limited in size, nesting and
 * number of nodes, where an alias counts as all that it stands for: so neither reading a value nor walking over it takes long, needs much
 * memory or overflows the stack.
 */
public final class YamlReader {
    /** The greatest size of a text in bytes. MLmodel files with signatures of wide tables are long, but MLflow writes none beyond this size. */
    public static final int MAX_BYTES = 3 << 20;

    private YamlReader() {}

    /**
     * Reads a file.
     *
     * @param description begins the error messages, such as {@code The configuration file kiroku.yaml}
     * @return null for an empty document
     * @throws KirokuException INVALID_PARAMETER_VALUE if the file cannot be read, is not YAML in UTF-8, or exceeds a limit
     */
    public static @Nullable Object read(String description, Path file) {
        return parse(description, readText(description, file));
    }

    /** Parses a text; otherwise as {@link #read}. */
    public static @Nullable Object parse(String description, String text) {
        LoadSettings settings = settings();
        Load load = new Load(settings) {
            @Override
            protected Composer createComposer(String yaml) {
                return new Composer(settings, parser(settings, yaml));
            }
        };
        try {
            return load.loadFromString(text);
        } catch (YamlEngineException e) {
            throw invalid(description, e);
        }
    }

    /** Passes the parser's events of a file to a consumer, without creating values; otherwise as {@link #read}. */
    public static void readEvents(String description, Path file, Consumer<Event> consumer) {
        parseEvents(description, readText(description, file), consumer);
    }

    /** Passes the parser's events of a text to a consumer, without creating values; otherwise as {@link #read}. */
    public static void parseEvents(String description, String text, Consumer<Event> consumer) {
        try {
            parser(settings(), text).forEachRemaining(consumer);
        } catch (YamlEngineException e) {
            throw invalid(description, e);
        }
    }

    private static String readText(String description, Path file) {
        try (InputStream in = Files.newInputStream(file)) { // not its size first: it may be a pipe
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw KirokuException.invalid("%s is larger than %d MiB.", description, MAX_BYTES >> 20);
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (IOException e) {
            throw KirokuException.invalid("%s cannot be read: %s.", description, FileErrors.reason(e));
        }
    }

    private static LoadSettings settings() {
        return LoadSettings.builder()
                .setCodePointLimit(MAX_BYTES)
                .setMaxAliasesForCollections(Integer.MAX_VALUE) // LimitedParser limits what they stand for
                .build();
    }

    private static LimitedParser parser(LoadSettings settings, String text) {
        return new LimitedParser(new ParserImpl(settings, new StreamReader(settings, text)));
    }

    private static KirokuException invalid(String description, YamlEngineException e) {
        String reason = String.valueOf(e.getMessage());
        if (e instanceof MarkedYamlEngineException marked) {
            reason = marked.getProblem()
                    + marked.getProblemMark()
                            .map(mark -> " in line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1))
                            .orElse("");
        }
        return KirokuException.invalid(
                "%s",
                description + " is not YAML: " + reason.replaceAll("\\s+", " ").strip() + ".");
    }
}
