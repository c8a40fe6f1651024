package dev.kiroku.core.artifacts;

import dev.kiroku.model.KirokuException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path below a root that it cannot leave: the only form in which a path from a request reaches a store. Its parts are names, with
 * {@code /} between them; the root itself is empty.
 */
public record ArtifactPath(String value) {
    private static final int MAX_LENGTH = 4096;
    private static final int MAX_PART_BYTES = 255;
    private static final int MAX_DECODINGS = 8;
    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*", Pattern.DOTALL);
    /** Some file systems pass over dots and blanks at the end of a name, so that more than {@code ..} leads upwards there. */
    private static final Pattern DOTS = Pattern.compile("[. ]*\\.[. ]*");

    private static final Pattern ESCAPES = Pattern.compile("(?:%[0-9A-Fa-f]{2})+");

    /** Below the patterns, because it is checked with them. */
    public static final ArtifactPath ROOT = new ArtifactPath("");

    public ArtifactPath {
        boolean odd = value.length() > MAX_LENGTH
                || value.contains("#")
                || value.chars().anyMatch(c -> c < ' ' || c == 0x7F);
        if (odd) {
            throw invalid();
        }
        validate(value);
        // What leads nowhere as it stands must not lead out for whoever decodes it once more. (It may well look like an
        // escape: MLflow's
        // log_image makes names such as loss%step%10%timestamp%1795….)
        String decoded = value;
        for (int i = 0; ESCAPES.matcher(decoded).find(); i++) {
            if (i == MAX_DECODINGS) {
                throw invalid();
            }
            decoded = decode(decoded);
            validate(decoded);
        }
    }

    /** @param path null or empty for the root; one slash at the end is passed over */
    public static ArtifactPath of(String path) {
        if (path == null || path.isEmpty()) {
            return ROOT;
        }
        return new ArtifactPath(path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
    }

    public boolean isRoot() {
        return value.isEmpty();
    }

    /** This path, then the other below it. */
    public ArtifactPath resolve(ArtifactPath below) {
        if (isRoot() || below.isRoot()) {
            return isRoot() ? below : this;
        }
        return new ArtifactPath(value + "/" + below.value);
    }

    public List<String> parts() {
        return isRoot() ? List.of() : Arrays.asList(value.split("/"));
    }

    /** The last part. */
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    private static void validate(String path) {
        if (path.isEmpty()) {
            return;
        }
        boolean odd = path.startsWith("/")
                || path.endsWith("/")
                || path.contains("//")
                || path.indexOf('\\') >= 0
                || path.indexOf('\0') >= 0
                || DRIVE.matcher(path).matches();
        if (odd) {
            throw invalid();
        }
        for (String part : path.split("/")) {
            if (DOTS.matcher(part).matches() || part.getBytes(StandardCharsets.UTF_8).length > MAX_PART_BYTES) {
                throw invalid();
            }
        }
    }

    /** Decodes whole escapes; a stray % is a character like any other. */
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
