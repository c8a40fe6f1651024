package dev.kiroku.core.artifacts;

import dev.kiroku.model.KirokuException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A relative path that cannot leave its root: the only form in which a path of a request reaches an artifact store. Its parts are names,
 * separated by {@code /}; the root itself is empty.
 */
public record ArtifactPath(String value) {
    private static final int MAX_LENGTH = 4096;
    private static final int MAX_PART_BYTES = 255;
    private static final int MAX_DECODINGS = 8;
    private static final String CONTROL_CHARACTER = "it must not contain control characters";
    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*", Pattern.DOTALL);
    private static final Pattern ESCAPES = Pattern.compile("(?:%[0-9A-Fa-f]{2})+");

    /** The root. Declared after the patterns, which its constructor uses. */
    public static final ArtifactPath ROOT = new ArtifactPath("");

    /** Throws {@code KirokuException} with INVALID_PARAMETER_VALUE if {@code value} is not a relative path below the root. */
    public ArtifactPath {
        if (value.length() > MAX_LENGTH) {
            throw invalid("it is longer than " + MAX_LENGTH + " characters");
        }
        if (value.contains("#")) {
            throw invalid("it must not contain '#'");
        }
        if (value.chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
            throw invalid(CONTROL_CHARACTER);
        }
        validate(value);
        // A path that is decoded again somewhere must not leave the root either. Valid names can look like escapes:
        // log_image of MLflow
        // writes loss%step%10%timestamp%1795….
        String decoded = value;
        for (int i = 0; ESCAPES.matcher(decoded).find(); i++) {
            if (i == MAX_DECODINGS) {
                throw invalid("it is encoded more than " + MAX_DECODINGS + " times");
            }
            decoded = decode(decoded);
            validate(decoded);
        }
    }

    /** Returns the path of a request: the root if it is null or empty. One slash at the end is ignored. */
    public static ArtifactPath of(@Nullable String path) {
        if (path == null || path.isEmpty()) {
            return ROOT;
        }
        return new ArtifactPath(path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
    }

    /** Returns whether this is the root. */
    public boolean isRoot() {
        return value.isEmpty();
    }

    /** Returns the path of {@code below} relative to this one. */
    public ArtifactPath resolve(ArtifactPath below) {
        if (isRoot() || below.isRoot()) {
            return isRoot() ? below : this;
        }
        return new ArtifactPath(value + "/" + below.value);
    }

    /** Returns the names from the root to the last one; empty for the root. */
    public List<String> parts() {
        return isRoot() ? List.of() : Arrays.asList(value.split("/"));
    }

    /** Returns the last name; empty for the root. */
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    private static void validate(String path) {
        if (path.isEmpty()) {
            return;
        }
        if (path.startsWith("/")) {
            throw invalid("it must be relative, without a slash at its begin");
        }
        if (path.endsWith("/") || path.contains("//")) {
            throw invalid("it must not have empty names between its slashes");
        }
        if (path.indexOf('\\') >= 0) {
            throw invalid("it must not contain a backslash; names are separated by /");
        }
        if (path.indexOf('\0') >= 0) {
            throw invalid(CONTROL_CHARACTER);
        }
        if (DRIVE.matcher(path).matches()) {
            throw invalid("it must not start with the letter of a drive");
        }
        for (String part : path.split("/")) {
            String name = part.strip();
            if (name.equals(".") || name.equals("..")) {
                throw invalid("'" + name + "' is not a name");
            }
            if (part.getBytes(StandardCharsets.UTF_8).length > MAX_PART_BYTES) {
                throw invalid("a name in it is longer than " + MAX_PART_BYTES + " bytes");
            }
        }
    }

    /** Decodes complete escapes. A % that starts none is left. */
    private static String decode(String path) {
        return ESCAPES.matcher(path)
                .replaceAll(m -> Matcher.quoteReplacement(URLDecoder.decode(m.group(), StandardCharsets.UTF_8)));
    }

    private static KirokuException invalid(String reason) {
        return KirokuException.invalid("%s", "Invalid path: " + reason + ".");
    }
}
