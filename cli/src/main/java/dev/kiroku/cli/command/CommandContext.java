package dev.kiroku.cli.command;

import dev.kiroku.cli.remote.AnsiColors;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * The streams, environment variables and terminal that a command uses.
 *
 * @param out results
 * @param err the startup banner, progress, warnings and errors
 * @param in standard input
 * @param terminal for questions to the user, or null in a pipeline
 */
public record CommandContext(
        PrintStream out, PrintStream err, Map<String, String> environment, InputStream in, Terminal terminal) {
    /** Creates a context with empty standard input and without a terminal. */
    public CommandContext(PrintStream out, PrintStream err, Map<String, String> environment) {
        this(out, err, environment, InputStream.nullInputStream(), null);
    }

    /** Returns colors for a terminal whose user has not turned them off (no-color.org); otherwise no colors. */
    AnsiColors colors() {
        boolean wanted = environment.getOrDefault("NO_COLOR", "").isEmpty() && !"dumb".equals(environment.get("TERM"));
        return terminal != null && wanted ? new AnsiColors(true) : AnsiColors.NONE;
    }
}
