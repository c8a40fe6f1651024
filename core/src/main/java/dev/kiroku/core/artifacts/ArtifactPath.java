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
    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*", Pattern.DOTALL);
    /** Some file systems ignore dots and blanks at the end of a name, so that more names than {@code ..} lead to the parent there. */
    private static final Pattern DOTS = Pattern.compile("[. ]*\\.[. ]*");

    private static final Pattern ESCAPES = Pattern.compile("(?:%[0-9A-Fa-f]{2})+");

    /** The root. Declared after the patterns, which its constructor uses. */
    public static final ArtifactPath ROOT = new ArtifactPath("");

    /** Throws {@code KirokuException} with INVALID_PARAMETER_VALUE if {@code value} is not a relative path below the root. */
    public ArtifactPath {
        boolean invalid = value.length() > MAX_LENGTH
                || value.contains("#")
                || value.chars().anyMatch(c -> c < ' ' || c == 0x7F);
        if (invalid) {
            throw invalid();
        }
        validate(value);
        // A path that is decoded again somewhere must not leave the root either. Valid names can look like escapes:
        // log_image of MLflow
        // writes loss%step%10%timestamp%1795….
        String decoded = value;
        for (int i = 0; ESCAPES.matcher(decoded).find(); i++) {
            if (i == MAX_DECODINGS) {
                throw invalid();
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
        boolean invalid = path.startsWith("/")
                || path.endsWith("/")
                || path.contains("//")
                || path.indexOf('\\') >= 0
                || path.indexOf('\0') >= 0
                || DRIVE.matcher(path).matches();
        if (invalid) {
            throw invalid();
        }
        for (String part : path.split("/")) {
            if (DOTS.matcher(part).matches() || part.getBytes(StandardCharsets.UTF_8).length > MAX_PART_BYTES) {
                throw invalid();
            }
        }
    }

    /** Decodes complete escapes. A % that starts none is left. */
    private static String decode(String path) {
        return ESCAPES.matcher(path)
                .replaceAll(m -> Matcher.quoteReplacement(URLDecoder.decode(m.group(), StandardCharsets.UTF_8)));
    }

    private static KirokuException invalid() {
        return KirokuException.invalid(
                "Invalid path: an artifact's path is relative, has / between its parts of at most 255 bytes, and has no '..', "
                        + "'.', backslash, '#' or control character.");
    }
}
