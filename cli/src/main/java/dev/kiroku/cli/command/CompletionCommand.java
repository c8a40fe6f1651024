package dev.kiroku.cli.command;

import dev.kiroku.cli.config.UsageException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku completion bash|zsh}: a script that lets the shell complete commands and options. */
final class CompletionCommand {
    private final CommandContext context;

    CompletionCommand(CommandContext context) {
        this.context = context;
    }

    CommandSpec spec() {
        CommandHandler handler = this::run;
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name("completion");
        spec.usageMessage()
                .description("Write a script with which the shell completes commands and options.")
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
            throw new UsageException("there is no completion for '" + shell + "'; there is for bash and zsh");
        }
        CommandLine root = arguments.commandSpec().root().commandLine();
        context.out().println(AutoComplete.bash("kiroku", visible(root)));
        return ExitStatus.SUCCESS;
    }

    /** What is not hidden; picocli's script begins with bashcompinit for zsh, so that one script serves both. */
    private static CommandLine visible(CommandLine root) {
        Map<String, CommandLine> hidden = new TreeMap<>(root.getSubcommands());
        hidden.values()
                .removeIf(command -> !command.getCommandSpec().usageMessage().hidden());
        hidden.keySet().forEach(root.getCommandSpec()::removeSubcommand);
        return root;
    }
}
