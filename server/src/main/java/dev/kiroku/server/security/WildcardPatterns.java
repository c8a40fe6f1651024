package dev.kiroku.server.security;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A list of patterns in which {@code *} matches any text, without regard to case. */
final class WildcardPatterns {
    private final List<Pattern> patterns;

    private WildcardPatterns(Pattern... patterns) {
        this.patterns = List.of(patterns);
    }

    static WildcardPatterns of(List<String> patterns) {
        return new WildcardPatterns(
                patterns.stream().map(WildcardPatterns::compile).toArray(Pattern[]::new));
    }

    private static Pattern compile(String wild) {
        return Pattern.compile(Stream.of(wild.toLowerCase(Locale.ROOT).split("\\*", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*")));
    }

    /**
     * Returns patterns of this machine and of private networks (RFC 1918, RFC 4193) by their addresses, at any port: nobody can make these
     * names resolve to another machine (DNS rebinding). A domain that begins like an address, such as {@code 10.evil.example}, does not match.
     */
    static WildcardPatterns privateNetworks() {
        return new WildcardPatterns(Pattern.compile(
                "(localhost|127\\.0\\.0\\.1|0\\.0\\.0\\.0|\\[::1]|10(\\.\\d{1,3}){3}|192\\.168(\\.\\d{1,3}){2}"
                        + "|172\\.(1[6-9]|2\\d|3[01])(\\.\\d{1,3}){2}|\\[f[cd][0-9a-f:]+])(:\\d{1,5})?"));
    }

    boolean matches(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return patterns.stream().anyMatch(pattern -> pattern.matcher(lower).matches());
    }
}
