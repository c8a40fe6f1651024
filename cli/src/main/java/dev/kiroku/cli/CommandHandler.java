package dev.kiroku.cli;

import picocli.CommandLine.ParseResult;

/** What a command does once its words are understood. */
@FunctionalInterface
interface CommandHandler {
    /** Returns the exit status. */
    int run(ParseResult words) throws Exception;
}
