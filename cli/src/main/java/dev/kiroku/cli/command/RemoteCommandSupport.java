package dev.kiroku.cli.command;

import static dev.kiroku.cli.command.CommandOptions.flag;
import static dev.kiroku.cli.command.CommandOptions.option;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.remote.JsonFormatter;
import dev.kiroku.cli.remote.StoredTokens;
import dev.kiroku.client.ClientSettings;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Support for commands that call a tracking server: how they find it, read their arguments and print results. */
final class RemoteCommandSupport {
    static final String NAME = "--name";
    static final String VERSION = "--version";
    static final String ALIAS = "--alias";
    static final String STAGE = "--stage";
    static final String COMMENT = "--comment";
    static final String YES = "--yes";

    static final String TOKEN_VARIABLE = "MLFLOW_TRACKING_TOKEN";
    /** The variables that name who signs in. */
    static final Set<String> CREDENTIAL_VARIABLES =
            Set.of("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", TOKEN_VARIABLE);

    private static final String SOURCE_PREFIX = "MLFLOW_TRACKING_";
    private static final String DESTINATION_PREFIX = "KIROKU_TO_";
    private static final String TRACKING_URI = "--tracking-uri";
    private static final String JSON = "--json";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    /** The action of a command that calls a server. */
    @FunctionalInterface
    interface RemoteHandler {
        /** Runs the command and returns its exit status. */
        int run(TrackingClient server, ParseResult arguments) throws IOException;
    }

    private final CommandContext context;

    RemoteCommandSupport(CommandContext context) {
        this.context = context;
    }

    /** Returns a command that only groups subcommands. */
    static CommandSpec parentCommand(String name, String description, String... footer) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage().description(description).footer(footer);
        return spec.addOption(CommandOptions.help());
    }

    /** Adds a subcommand that calls a server. */
    void add(CommandSpec parent, String name, String description, RemoteHandler handler, ArgSpec... parameters) {
        CommandHandler command = arguments -> {
            try (TrackingClient server = new TrackingClient(clientSettings(arguments))) {
                return handler.run(server, arguments);
            }
        };
        CommandSpec spec = CommandSpec.wrapWithoutInspection(command).name(name);
        spec.usageMessage().description(description);
        Arrays.stream(parameters).forEach(spec::add);
        spec.addOption(trackingUriOption());
        parent.addSubcommand(name, spec.addOption(jsonOption()).addOption(CommandOptions.help()));
    }

    /** Returns the option {@code --tracking-uri}. */
    static OptionSpec trackingUriOption() {
        return option(
                TRACKING_URI,
                "URL",
                "The tracking server. Default: http://127.0.0.1:5000. [$MLFLOW_TRACKING_URI; signs in with"
                        + " $MLFLOW_TRACKING_USERNAME and $MLFLOW_TRACKING_PASSWORD, $MLFLOW_TRACKING_TOKEN, or the token of"
                        + " 'kiroku login']");
    }

    /** Returns the value of {@code --tracking-uri}, or null. */
    static String trackingUri(ParseResult arguments) {
        return arguments.matchedOptionValue(TRACKING_URI, null);
    }

    /** Returns how to reach the server: with the credentials of the environment, or else with the token of {@code kiroku login}. */
    private ClientSettings clientSettings(ParseResult arguments) throws IOException {
        return clientSettings(trackingUri(arguments));
    }

    /**
     * Returns how to reach a server.
     *
     * @param uri its address, or null for that of the environment
     */
    ClientSettings clientSettings(String uri) throws IOException {
        return clientSettings(uri, context.environment());
    }

    /**
     * Returns how to reach the destination of records that come from another server. The credentials for the other server are not sent to it.
     *
     * @param uri its address
     */
    ClientSettings destinationSettings(String uri) throws IOException {
        Map<String, String> environment = new HashMap<>(context.environment());
        for (String variable : CREDENTIAL_VARIABLES) {
            String value = environment.get(variable.replace(SOURCE_PREFIX, DESTINATION_PREFIX));
            if (value == null) {
                environment.remove(variable);
            } else {
                environment.put(variable, value);
            }
        }
        return clientSettings(uri, environment);
    }

    private static ClientSettings clientSettings(String uri, Map<String, String> environment) throws IOException {
        ClientSettings settings = ClientSettings.fromEnvironment(uri, environment);
        Optional<StoredTokens> tokens = StoredTokens.of(environment);
        if (settings.authorization() != null || tokens.isEmpty()) {
            return settings;
        }
        String server = settings.baseUri().toString();
        Optional<StoredTokens.StoredToken> token = tokens.get().find(server, System.currentTimeMillis());
        if (token.isEmpty()) {
            return settings;
        }
        Map<String, String> withToken = new HashMap<>(environment);
        withToken.put(TOKEN_VARIABLE, token.get().token());
        return ClientSettings.fromEnvironment(server, withToken);
    }

    /** Returns the option {@code --json}. */
    static OptionSpec jsonOption() {
        return flag(JSON, "Print the result as JSON.");
    }

    /** Returns whether the result is to be printed as JSON. */
    static boolean wantsJson(ParseResult arguments) {
        return arguments.hasMatchedOption(JSON);
    }

    /** Prints a result as JSON if the caller asked for JSON; otherwise runs {@code printText}. */
    void printResult(ParseResult arguments, Record result, Runnable printText) {
        if (wantsJson(arguments)) {
            context.out().println(new JsonFormatter().toPrettyJson(result));
        } else {
            printText.run();
        }
    }

    /** Prints a line. Control characters are replaced, because the text may come from other users. */
    void print(String line) {
        context.out().println(context.colors().line(line.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", " ")));
    }

    /** Asks for confirmation on the terminal and returns the answer; without a terminal returns {@code withoutTerminal}'s value. */
    boolean confirm(ParseResult arguments, String question, BooleanSupplier withoutTerminal) {
        if (arguments.hasMatchedOption(YES)) {
            return true;
        }
        return context.terminal() == null ? withoutTerminal.getAsBoolean() : promptYesNo(question);
    }

    /** Asks a yes-or-no question on the terminal, which must exist. The default is no. */
    boolean promptYesNo(String question) {
        return context.terminal()
                .prompt(question + " [y/N]")
                .toLowerCase(Locale.ROOT)
                .startsWith("y");
    }

    /** Returns a time in UTC, or null for null. */
    static String formatTime(Long millis) {
        return millis == null ? null : TIME.format(Instant.ofEpochMilli(millis));
    }

    /** Returns a count with its noun, such as {@code 1 run} and {@code 2 runs}. */
    static String count(long count, String singular, String plural) {
        return count + " " + (count == 1 ? singular : plural);
    }

    /** Returns the value of an option; throws {@link UsageException} if it is missing or blank. */
    static String requireOption(ParseResult arguments, String option) {
        String value = arguments.matchedOptionValue(option, "");
        if (value.isBlank()) {
            throw new UsageException(option + " is missing");
        }
        return value;
    }

    /** Returns the value of an option, or null if it is missing. */
    static String findOption(ParseResult arguments, String option) {
        return arguments.matchedOptionValue(option, null);
    }

    /** Parses a number; throws {@link UsageException} that names {@code parameter} if it is not one. */
    static long parseNumber(String text, String parameter) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new UsageException(parameter + " must be a number (got '" + text + "')");
        }
    }

    /** Returns the value of a positional parameter, or null if it is missing. */
    static String positionalValue(ParseResult arguments, int index) {
        return arguments.matchedPositionalValue(index, null);
    }

    /** Returns the options {@code --alias} and {@code --stage}. */
    static OptionSpec[] targetOptions() {
        return new OptionSpec[] {
            option(ALIAS, "ALIAS", "The alias, such as champion."),
            option(STAGE, "STAGE", "Or the stage, such as Production.")
        };
    }

    /** Returns {@code last} after {@code first}. */
    static ArgSpec[] concat(ArgSpec[] last, ArgSpec... first) {
        ArgSpec[] all = Arrays.copyOf(first, first.length + last.length);
        System.arraycopy(last, 0, all, first.length, last.length);
        return all;
    }

    /** Returns the greatest version of a model; null if it has none. */
    static String newestVersion(RegisteredModel model) {
        return model.latestVersions().stream()
                .map(ModelVersion::version)
                .max((a, b) -> Long.compare(Long.parseLong(a), Long.parseLong(b)))
                .orElse(null);
    }
}
