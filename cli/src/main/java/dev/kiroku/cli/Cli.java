package dev.kiroku.cli;

import dev.kiroku.cli.command.CommandContext;
import dev.kiroku.cli.command.CommandHandler;
import dev.kiroku.cli.command.CommandOptions;
import dev.kiroku.cli.command.CommandRegistry;
import dev.kiroku.cli.command.ExitStatus;
import dev.kiroku.cli.command.ProgramVersion;
import dev.kiroku.cli.config.LogLevel;
import dev.kiroku.cli.config.NameSuggestion;
import dev.kiroku.cli.config.SecretMasker;
import dev.kiroku.cli.config.UsageException;
import dev.kiroku.core.files.FileErrors;
import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses the command line, runs the command and reports errors: one line on standard error, and an exit status. */
public final class Cli {

    private static final String LOG_LEVEL_VARIABLE = "KIROKU_LOG_LEVEL";

    private final CommandContext context;

    /** Creates a command line with the streams and variables of its commands. */
    public Cli(CommandContext context) {
        this.context = context;
    }

    /** Runs one command and returns the exit status of the process. */
    public int run(String... args) {
        CommandLine kiroku = new CommandLine(root());
        Map<String, Supplier<CommandSpec>> commands = CommandRegistry.create(context);
        // Building all commands takes longer than the rest of a start: the others are needed only to list them.
        String requested =
                args.length > 0 && commands.containsKey(args[0]) && !args[0].equals(CommandRegistry.COMPLETION)
                        ? args[0]
                        : null;
        commands.forEach((name, spec) -> {
            if (requested == null || requested.equals(name)) {
                kiroku.addSubcommand(name, spec.get());
            }
        });
        if (requested == null) {
            kiroku.addSubcommand("help", new CommandLine.HelpCommand());
        }
        kiroku.setOut(new PrintWriter(context.out(), true)).setErr(new PrintWriter(context.err(), true));
        kiroku.setOverwrittenOptionsAllowed(true);
        kiroku.setUsageHelpLongOptionsMaxWidth(34).setUsageHelpWidth(110);
        kiroku.setParameterExceptionHandler((error, rest) -> handleUsageError(error));
        kiroku.setExecutionExceptionHandler((failure, command, parsed) -> handleFailure(failure, command));
        kiroku.setExecutionStrategy(Cli::execute);
        return kiroku.execute(args);
    }

    private static CommandSpec root() {
        CommandSpec spec = CommandSpec.create().name("kiroku").versionProvider(() ->
                new String[] {"kiroku " + ProgramVersion.current()});
        spec.addOption(OptionSpec.builder("--version")
                .versionHelp(true)
                .description("Print the version and exit.")
                .build());
        spec.addOption(CommandOptions.help());
        spec.usageMessage()
                .description("A drop-in replacement for the MLflow tracking server.", "")
                .footer(
                        "",
                        "Examples:",
                        "  kiroku server                        serve on http://127.0.0.1:5000, data in ./kiroku-data",
                        "  kiroku help server                   every option of the server, with examples",
                        "  kiroku server --print-config         the effective configuration and where each value comes from",
                        "  kiroku db upgrade sqlite:///kiroku-data/kiroku.db");
        return spec;
    }

    /** Runs the handler, which is the user object of a command; a command without a handler prints its help. */
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
            return ExitStatus.SUCCESS;
        }
        try {
            return action.run(innermost);
        } catch (Exception | LinkageError | StackOverflowError e) {
            throw new CommandLine.ExecutionException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private int handleUsageError(ParameterException error) {
        CommandLine command = error.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String message = error.getMessage();
        if (error instanceof UnmatchedArgumentException unmatched) {
            String word = unmatched.getUnmatched().getFirst();
            Collection<String> known = word.startsWith("-")
                    ? command.getCommandSpec().optionsMap().keySet()
                    : command.getSubcommands().keySet();
            message = (word.startsWith("-") ? "unknown option '" : "unknown command or argument '") + word + "'"
                    + NameSuggestion.of(word, known);
        }
        String help = "see 'kiroku help" + name.substring("kiroku".length()) + "'";
        return printError(name + ": " + oneLine(message) + " (" + help + ")", ExitStatus.USAGE_ERROR);
    }

    private int handleFailure(Exception failure, CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        return switch (failure) {
            case UsageException misuse ->
                printError(name + ": " + oneLine(misuse.getMessage()), ExitStatus.USAGE_ERROR);
            case KirokuException refused -> printError(name + ": " + oneLine(refused.getMessage()), ExitStatus.FAILURE);
            case InvalidPathException path ->
                printError(
                        name + ": '" + oneLine(path.getInput()) + "' is not a path on this system: " + path.getReason(),
                        ExitStatus.USAGE_ERROR);
            case FileSystemException file ->
                printError(name + ": " + file.getFile() + ": " + FileErrors.reason(file), ExitStatus.FAILURE);
            case IOException io -> printError(name + ": " + oneLine(io.toString()), ExitStatus.FAILURE);
            default -> defect(name, failure);
        };
    }

    /** Reports an error that no other message covers: a defect. The stack trace is for those who look for it. */
    private int defect(String name, Exception failure) {
        // The picocli exception stands for an Error, which it cannot pass on.
        Throwable cause = failure instanceof CommandLine.ExecutionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        if (LogLevel.DEBUG.name().equalsIgnoreCase(context.environment().get(LOG_LEVEL_VARIABLE))) {
            cause.printStackTrace(context.err());
        }
        String where = Arrays.stream(cause.getStackTrace())
                .filter(frame -> frame.getClassName().startsWith("dev.kiroku."))
                .findFirst()
                .map(frame -> " at " + frame.getFileName() + ":" + frame.getLineNumber())
                .orElse("");
        return printError(
                name + ": unexpected error: " + oneLine(cause.toString()) + where
                        + ". Please report it, with the stack trace that KIROKU_LOG_LEVEL=DEBUG shows",
                ExitStatus.FAILURE);
    }

    private int printError(String line, int status) {
        context.err().println(SecretMasker.mask(line));
        return status;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
