package dev.kiroku.cli;

import dev.kiroku.cli.command.CommandContext;
import dev.kiroku.cli.command.Terminal;

/** The entry point of the program. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        CommandContext context =
                new CommandContext(System.out, System.err, System.getenv(), System.in, Terminal.ofProcess());
        System.exit(new Cli(context).run(args));
    }
}
