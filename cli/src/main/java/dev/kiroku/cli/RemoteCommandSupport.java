package dev.kiroku.cli;

import dev.kiroku.cli.remote.JsonFormatter;
import dev.kiroku.cli.remote.Remote;
import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** What commands that talk to a server have in common: how they find it, and how they answer. */
final class RemoteCommandSupport {
    static final String NAME = "--name";
    static final String VERSION = "--version";
    static final String ALIAS = "--alias";
    static final String STAGE = "--stage";
    static final String COMMENT = "--comment";
    static final String YES = "--yes";

    private static final String TRACKING_URI = "--tracking-uri";
    private static final String JSON = "--json";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    /** @return the exit status */
    interface RemoteHandler {
        int run(Remote server, ParseResult words) throws IOException;
    }

    private final Console console;

    RemoteCommandSupport(Console console) {
        this.console = console;
    }

    static CommandSpec parentCommand(String name, String description, String... footer) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage().description(description).footer(footer);
        return spec.addOption(Cli.helpOption());
    }

    /** Adds a command that talks to a server. */
    void add(CommandSpec parent, String name, String description, RemoteHandler work, ArgSpec... arguments) {
        CommandHandler action = words -> {
            try (Remote server = Remote.of(words.matchedOptionValue(TRACKING_URI, null), console.environment())) {
                return work.run(server, words);
            }
        };
        CommandSpec spec = CommandSpec.wrapWithoutInspection(action).name(name);
        spec.usageMessage().description(description);
        Arrays.stream(arguments).forEach(spec::add);
        spec.addOption(option(
                TRACKING_URI,
                "URL",
                "The server. Default: http://127.0.0.1:5000. [$MLFLOW_TRACKING_URI; signs in with"
                        + " $MLFLOW_TRACKING_USERNAME and $MLFLOW_TRACKING_PASSWORD, or $MLFLOW_TRACKING_TOKEN]"));
        parent.addSubcommand(name, spec.addOption(jsonOption()).addOption(Cli.helpOption()));
    }

    static OptionSpec jsonOption() {
        return flag(JSON, "Answer in JSON.");
    }

    static boolean wantsJson(ParseResult words) {
        return words.hasMatchedOption(JSON);
    }

    /** Prints an answer as JSON, if that was asked for, or else in its own way. */
    void printResult(ParseResult words, Record answer, Runnable otherwise) {
        if (wantsJson(words)) {
            console.out().println(new JsonFormatter().toPrettyJson(answer));
        } else {
            otherwise.run();
        }
    }

    void print(String line) {
        // What others wrote must not steer this terminal.
        console.out().println(console.colors().line(line.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", " ")));
    }

    /** Asks on the terminal; where there is none, {@code absent} says what holds. */
    boolean confirm(ParseResult words, String question, Supplier<Boolean> absent) {
        if (words.hasMatchedOption(YES)) {
            return true;
        }
        return console.terminal() == null ? absent.get() : promptYesNo(question);
    }

    /** Asks on the terminal, which there must be. */
    boolean promptYesNo(String question) {
        return console.terminal()
                .prompt(question + " [y/N]")
                .toLowerCase(Locale.ROOT)
                .startsWith("y");
    }

    static String formatTime(Long millis) {
        return millis == null ? null : TIME.format(Instant.ofEpochMilli(millis));
    }

    static String requireOption(ParseResult words, String option) {
        String value = words.matchedOptionValue(option, "");
        if (value.isBlank()) {
            throw new UsageException("say which: " + option + " is missing");
        }
        return value;
    }

    static String findOption(ParseResult words, String option) {
        return words.matchedOptionValue(option, null);
    }

    static long parseNumber(String text, String what) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new UsageException(what + " must be a number (got '" + text + "')");
        }
    }

    static String positionalValue(ParseResult words, int index) {
        return words.matchedPositionalValue(index, null);
    }

    static PositionalParamSpec positionalParam(int index, String label) {
        return PositionalParamSpec.builder()
                .type(String.class)
                .index(Integer.toString(index))
                .arity("1")
                .required(true)
                .paramLabel(label)
                .build();
    }

    static PositionalParamSpec optionalPositionalParam(int index, String label, String help) {
        return PositionalParamSpec.builder()
                .type(String.class)
                .index(Integer.toString(index))
                .arity("0..1")
                .paramLabel(label)
                .description(help)
                .build();
    }

    static OptionSpec option(String name, String label, String help) {
        return OptionSpec.builder(name)
                .type(String.class)
                .paramLabel(label)
                .description(help.replace("%", "%%"))
                .build();
    }

    static OptionSpec flag(String name, String help) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .arity("0")
                .description(help)
                .build();
    }

    static OptionSpec[] targetOptions() {
        return new OptionSpec[] {
            option(ALIAS, "ALIAS", "The alias, such as champion."),
            option(STAGE, "STAGE", "Or the stage, such as Production.")
        };
    }

    static ArgSpec[] concat(ArgSpec[] some, ArgSpec... more) {
        ArgSpec[] all = Arrays.copyOf(more, more.length + some.length);
        System.arraycopy(some, 0, all, more.length, some.length);
        return all;
    }

    static KirokuException notFound(String what) {
        return KirokuException.notFound("%s", what);
    }
}
