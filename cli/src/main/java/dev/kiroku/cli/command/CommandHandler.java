package dev.kiroku.cli.command;

import picocli.CommandLine.ParseResult;

/** The action of a command. */
@FunctionalInterface
public interface CommandHandler {
    /**
     * Runs the command.
     *
     * @return the exit status, one of {@link ExitStatus}
     */
    int run(ParseResult arguments) throws Exception;
}
