package dev.kiroku.cli;

import dev.kiroku.cli.remote.AnsiColors;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * What a command sees of the world outside: where it writes and the variables it was given.
 *
 * @param out results that somebody asked for
 * @param err the banner, warnings and errors
 * @param in what is piped in
 * @param terminal who can be asked, or null for nobody
 */
record Console(PrintStream out, PrintStream err, Map<String, String> environment, InputStream in, Terminal terminal) {
    /** One with nothing piped in and nobody to ask. */
    Console(PrintStream out, PrintStream err, Map<String, String> environment) {
        this(out, err, environment, InputStream.nullInputStream(), null);
    }

    /** Colours are for people who look at a terminal and have not said that they want none (no-color.org). */
    AnsiColors colors() {
        boolean wanted = environment.getOrDefault("NO_COLOR", "").isEmpty() && !"dumb".equals(environment.get("TERM"));
        return terminal != null && wanted ? new AnsiColors(true) : AnsiColors.NONE;
    }
}
