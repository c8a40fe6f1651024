package dev.kiroku.transfer.source.tracker;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Converts names of metrics, params or tags of one run to names that MLflow's clients accept: letters, digits, {@code _ - . : /} and spaces, at most
 * 250 characters, no path such as {@code ../a}. Other characters become {@code _}; a name that is taken gets a suffix. The same names in the same
 * order give the same result.
 */
final class KeyNames {
    private static final int MAX_LENGTH = 250;
    private static final int MAX_NAMES = 100_000;
    private static final int SUFFIX_LENGTH = 6;
    private static final Pattern FORBIDDEN = Pattern.compile("[^/\\w.\\- :]", Pattern.UNICODE_CHARACTER_CLASS);

    private final Map<String, String> names = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    /** Returns the name to use; empty if the run has more names than an import takes. */
    Optional<String> convert(String name) {
        String known = names.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        if (names.size() == MAX_NAMES) {
            return Optional.empty();
        }
        String converted = clean(name);
        if (!taken.add(converted)) {
            String suffix = "-" + RunIds.hash(name).substring(0, SUFFIX_LENGTH);
            converted = abbreviate(converted, MAX_LENGTH - suffix.length()) + suffix;
            taken.add(converted);
        }
        names.put(name, converted);
        return Optional.of(converted);
    }

    private static String clean(String name) {
        String allowed = FORBIDDEN.matcher(abbreviate(name, MAX_LENGTH)).replaceAll("_");
        ArrayDeque<String> parts = new ArrayDeque<>();
        for (String part : allowed.split("/")) {
            if (!part.isEmpty()) {
                parts.add(part.equals(".") || part.equals("..") ? part.replace('.', '_') : part);
            }
        }
        String joined = String.join("/", parts);
        return joined.isBlank() ? "_" : joined.startsWith("..") ? "_" + joined.substring(1) : joined;
    }

    private static String abbreviate(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }
}
