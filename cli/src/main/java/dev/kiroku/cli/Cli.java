package dev.kiroku.cli;

import dev.kiroku.cli.config.NameSuggestion;
import dev.kiroku.cli.config.SecretMasker;
import dev.kiroku.model.KirokuException;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: which commands there are, and how mistakes are told: one line on stderr, exit status 2. */
final class Cli {
    static final int SUCCESS = 0;
    static final int FAILURE = 1;
    static final int USAGE_ERROR = 2;

    private static final String COMPLETION = "completion";

    private final Console console;

    Cli(Console console) {
        this.console = console;
    }

    /** Runs one command and returns the exit status of the process. */
    int run(String... args) {
        CommandLine kiroku = new CommandLine(root());
        Map<String, Supplier<CommandSpec>> commands = commands();
        // To build all of them takes longer than the rest of a start: the others are there only for who lists commands.
        String asked = args.length > 0 && commands.containsKey(args[0]) && !args[0].equals(COMPLETION) ? args[0] : null;
        commands.forEach((name, spec) -> {
            if (asked == null || asked.equals(name)) {
                kiroku.addSubcommand(name, spec.get());
            }
        });
        if (asked == null) {
            kiroku.addSubcommand("help", new CommandLine.HelpCommand());
        }
        kiroku.setOut(new PrintWriter(console.out(), true)).setErr(new PrintWriter(console.err(), true));
        kiroku.setOverwrittenOptionsAllowed(true);
        kiroku.setUsageHelpLongOptionsMaxWidth(34).setUsageHelpWidth(110);
        kiroku.setParameterExceptionHandler((mistake, rest) -> handleUsageError(mistake));
        kiroku.setExecutionExceptionHandler((failure, command, parsed) -> handleFailure(failure, command));
        kiroku.setExecutionStrategy(Cli::execute);
        return kiroku.execute(args);
    }

    /** By their names, in the order of the help. */
    private Map<String, Supplier<CommandSpec>> commands() {
        Map<String, Supplier<CommandSpec>> commands = new LinkedHashMap<>();
        commands.put("server", () -> new ServerCommand(console).spec());
        commands.put("db", () -> new DbCommand(console).spec());
        commands.put("models", () -> new ModelsCommand(console).spec());
        commands.put("users", () -> new UsersCommand(console).spec());
        commands.put("gates", () -> new GatesCommand(console).spec());
        commands.put("approvals", () -> new ApprovalsCommand(console).spec());
        commands.put("audit", () -> new AuditCommand(console).spec());
        commands.put(COMPLETION, () -> new CompletionCommand(console).spec());
        commands.put("webhooks", () -> new WebhooksCommand(console).spec());
        commands.put("train", () -> new AotTrainingCommand(console).spec());
        return commands;
    }

    private static CommandSpec root() {
        CommandSpec spec = CommandSpec.create().name("kiroku").versionProvider(() ->
                new String[] {"kiroku " + ProgramVersion.current()});
        spec.addOption(OptionSpec.builder("--version")
                .versionHelp(true)
                .description("Print the version and exit.")
                .build());
        spec.addOption(helpOption());
        spec.usageMessage()
                .description("A drop-in replacement for the MLflow tracking server.", "")
                .footer(
                        "",
                        "Examples:",
                        "  kiroku server                        serve on http://127.0.0.1:5000, data in ./kiroku-data",
                        "  kiroku help server                   every option of the server, with examples",
                        "  kiroku server --print-config         what the server would run with, and why",
                        "  kiroku db upgrade sqlite:///kiroku-data/kiroku.db");
        return spec;
    }

    static OptionSpec helpOption() {
        return OptionSpec.builder("--help")
                .usageHelp(true)
                .description("Show this help and exit.")
                .build();
    }

    /** Each command's user object is a {@link CommandHandler}; a command without one shows its help. */
    private static int execute(CommandLine.ParseResult parsed) {
        Integer help = CommandLine.executeHelpRequest(parsed);
        if (help != null) {
            return help;
        }
        CommandLine.ParseResult innermost = parsed;
        while (innermost.hasSubcommand()) {
            innermost = innermost.subcommand();
        }
        CommandSpec command = innermost.commandSpec();
        if (!(command.userObject() instanceof CommandHandler action)) {
            command.commandLine().usage(command.commandLine().getOut());
            return SUCCESS;
        }
        try {
            return action.run(innermost);
        } catch (Exception e) {
            throw new CommandLine.ExecutionException(command.commandLine(), e.getMessage(), e);
        }
    }

    private int handleUsageError(ParameterException mistake) {
        CommandLine command = mistake.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String message = mistake.getMessage();
        if (mistake instanceof UnmatchedArgumentException unmatched) {
            String word = unmatched.getUnmatched().getFirst();
            Collection<String> known = word.startsWith("-")
                    ? command.getCommandSpec().optionsMap().keySet()
                    : command.getSubcommands().keySet();
            message = "there is no '" + word + "' here" + NameSuggestion.of(word, known);
        }
        String help = "see 'kiroku help" + name.substring("kiroku".length()) + "'";
        return printError(name + ": " + oneLine(message) + " (" + help + ")", USAGE_ERROR);
    }

    private int handleFailure(Exception failure, CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        return switch (failure) {
            case UsageException misuse -> printError(name + ": " + oneLine(misuse.getMessage()), USAGE_ERROR);
            case KirokuException refused -> printError(name + ": " + oneLine(refused.getMessage()), FAILURE);
            default -> {
                failure.printStackTrace(console.err());
                yield FAILURE;
            }
        };
    }

    private int printError(String line, int status) {
        console.err().println(SecretMasker.mask(line));
        return status;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
