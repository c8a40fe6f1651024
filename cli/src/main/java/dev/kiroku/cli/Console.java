package dev.kiroku.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * What a command sees of the world outside: where it writes and the variables it was given.
 *
 * @param out results that somebody asked for
 * @param err the banner, warnings and errors
 * @param in what is piped in
 */
record Console(PrintStream out, PrintStream err, Map<String, String> environment, InputStream in) {
    /** One with nothing piped in. */
    Console(PrintStream out, PrintStream err, Map<String, String> environment) {
        this(out, err, environment, InputStream.nullInputStream());
    }
}
