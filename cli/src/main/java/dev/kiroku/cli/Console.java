package dev.kiroku.cli;

import java.io.PrintStream;
import java.util.Map;

/**
 * What a command sees of the world outside: where it writes and the variables it was given.
 *
 * @param out results that somebody asked for
 * @param err the banner, warnings and errors
 */
record Console(PrintStream out, PrintStream err, Map<String, String> environment) {}
