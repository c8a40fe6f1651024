package dev.kiroku.cli;

import dev.kiroku.cli.command.CommandContext;
import dev.kiroku.cli.command.Terminal;

/** The entry point of the program. */
public final class Main {
    private Main() {}

    /** Runs the command line and exits with its status. */
    public static void main(String[] args) {
        CommandContext context =
                new CommandContext(System.out, System.err, System.getenv(), System.in, Terminal.ofProcess());
        System.exit(new Cli(context).run(args));
    }
}
