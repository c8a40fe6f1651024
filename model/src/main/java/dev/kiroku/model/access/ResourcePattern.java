package dev.kiroku.model.access;

import org.jspecify.annotations.Nullable;

/**
 * The resources that a grant holds for: all, one, or those whose names begin with a prefix. In text form {@code *}, an ID or name, or a prefix
 * followed by {@code *}. A name that itself ends with {@code *} is written with {@code \*} at its end.
 *
 * <p>An exact pattern names an experiment by its ID if it consists of digits, and by its name otherwise. All other resources are named by what
 * identifies them; prefixes are always those of names.
 */
public record ResourcePattern(Kind kind, String value) {
    /** Which resources a pattern matches. */
    public enum Kind {
        ALL,
        EXACT,
        PREFIX
    }

    /** Throws {@code IllegalArgumentException} for a prefix that the text form cannot express. */
    public ResourcePattern {
        if (kind == Kind.PREFIX && (value.isEmpty() || value.endsWith("\\"))) {
            throw new IllegalArgumentException("not a prefix: '" + value + "'");
        }
    }

    /** Matches all resources. */
    public static final ResourcePattern ALL = new ResourcePattern(Kind.ALL, "");

    private static final String WILDCARD = "*";
    private static final String ESCAPED_WILDCARD = "\\*";

    /** Returns the pattern that matches one resource, whatever characters its ID or name has. */
    public static ResourcePattern exact(String idOrName) {
        return new ResourcePattern(Kind.EXACT, idOrName);
    }

    /** Returns the pattern of a text form. Every text is one. */
    public static ResourcePattern parse(String text) {
        if (text.equals(WILDCARD)) {
            return ALL;
        }
        if (text.endsWith(ESCAPED_WILDCARD)) {
            return exact(text.substring(0, text.length() - ESCAPED_WILDCARD.length()) + WILDCARD);
        }
        if (text.endsWith(WILDCARD)) {
            return new ResourcePattern(Kind.PREFIX, text.substring(0, text.length() - WILDCARD.length()));
        }
        return exact(text);
    }

    /**
     * Returns whether the pattern matches a resource.
     *
     * @param id what identifies the resource; null if it is unknown
     * @param name the name of the resource; null if it is unknown or the resource has none
     */
    public boolean matches(@Nullable String id, @Nullable String name) {
        return switch (kind) {
            case ALL -> true;
            case EXACT -> value.equals(id) || value.equals(name) && !isExperimentId(value);
            case PREFIX -> name != null && name.startsWith(value);
        };
    }

    /** Returns whether a text names an experiment by its ID. */
    public static boolean isExperimentId(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Returns the text form. */
    @Override
    public String toString() {
        return switch (kind) {
            case ALL -> WILDCARD;
            case EXACT ->
                value.endsWith(WILDCARD)
                        ? value.substring(0, value.length() - WILDCARD.length()) + ESCAPED_WILDCARD
                        : value;
            case PREFIX -> value + WILDCARD;
        };
    }
}
