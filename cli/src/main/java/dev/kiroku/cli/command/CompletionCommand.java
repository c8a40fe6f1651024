package dev.kiroku.cli.command;

import dev.kiroku.cli.config.UsageException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku completion bash|zsh}: prints a script for completion of commands and options in the shell. */
final class CompletionCommand {
    private final CommandContext context;

    CompletionCommand(CommandContext context) {
        this.context = context;
    }

    CommandSpec spec() {
        CommandHandler handler = this::run;
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name("completion");
        spec.usageMessage()
                .description("Print a script for completion of commands and options in the shell.")
                .footer(
                        "",
                        "Examples:",
                        "  source <(kiroku completion bash)      in ~/.bashrc",
                        "  source <(kiroku completion zsh)       in ~/.zshrc");
        spec.add(CommandOptions.positional(0, "bash|zsh"));
        return spec.addOption(CommandOptions.help());
    }

    private int run(ParseResult arguments) {
        String shell = RemoteCommandSupport.positionalValue(arguments, 0);
        if (!List.of("bash", "zsh").contains(shell)) {
            throw new UsageException("unknown shell '" + shell + "'; completion exists for bash and zsh");
        }
        CommandLine root = arguments.commandSpec().root().commandLine();
        context.out().println(AutoComplete.bash("kiroku", visible(root)));
        return ExitStatus.SUCCESS;
    }

    /** Returns the command line without hidden commands. picocli's script enables bashcompinit in zsh, so one script is enough. */
    private static CommandLine visible(CommandLine root) {
        Map<String, CommandLine> hidden = new TreeMap<>(root.getSubcommands());
        hidden.values()
                .removeIf(command -> !command.getCommandSpec().usageMessage().hidden());
        hidden.keySet().forEach(root.getCommandSpec()::removeSubcommand);
        return root;
    }
}
