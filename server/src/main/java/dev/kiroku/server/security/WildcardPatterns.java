package dev.kiroku.server.security;

import dev.kiroku.core.search.GlobPattern;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** A list of patterns of hosts or origins in which {@code *} matches any text, without regard to case. */
final class WildcardPatterns {
    /** A host name has up to 253 characters; an origin adds scheme and port. */
    private static final int MAX_LENGTH = 300;

    private final List<Predicate<String>> patterns;

    private WildcardPatterns(List<Predicate<String>> patterns) {
        this.patterns = patterns;
    }

    static WildcardPatterns of(List<String> patterns) {
        return new WildcardPatterns(patterns.stream()
                .map(pattern -> pattern.toLowerCase(Locale.ROOT))
                .<Predicate<String>>map(pattern -> text -> GlobPattern.matches(pattern, text))
                .toList());
    }

    /**
     * Returns patterns of this machine and of private networks (RFC 1918, RFC 4193) by their addresses, at any port: nobody can make these
     * names resolve to another machine (DNS rebinding). A domain that begins like an address, such as {@code 10.evil.example}, does not match.
     */
    static WildcardPatterns privateNetworks() {
        return new WildcardPatterns(List.of(Pattern.compile(
                        "(localhost|127\\.0\\.0\\.1|0\\.0\\.0\\.0|\\[::1]|10(\\.\\d{1,3}){3}|192\\.168(\\.\\d{1,3}){2}"
                                + "|172\\.(1[6-9]|2\\d|3[01])(\\.\\d{1,3}){2}|\\[f[cd][0-9a-f:]+])(:\\d{1,5})?")
                .asMatchPredicate()));
    }

    /** Returns whether a host or origin matches a pattern. A text that is too long for a host does not. */
    boolean matches(String text) {
        if (text.length() > MAX_LENGTH) {
            return false;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        return patterns.stream().anyMatch(pattern -> pattern.test(lower));
    }
}
