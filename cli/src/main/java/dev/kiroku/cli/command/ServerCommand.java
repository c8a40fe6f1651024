package dev.kiroku.cli.command;

import dev.kiroku.cli.config.ConfigFile;
import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.cli.config.MlflowAccounts;
import dev.kiroku.cli.config.MlflowVariables;
import dev.kiroku.cli.config.Property;
import dev.kiroku.cli.config.SecretMasker;
import dev.kiroku.cli.config.ServerProperties;
import dev.kiroku.cli.config.Setting;
import dev.kiroku.cli.config.Settings;
import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.logging.Logging;
import dev.kiroku.cli.wiring.RunningServer;
import dev.kiroku.cli.wiring.ServerWiring;
import dev.kiroku.model.KirokuException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku server}: reads the configuration, prints it if asked to, and serves until the process is terminated. */
final class ServerCommand {
    private static final String CONFIG_FLAG = "--config";
    private static final String CONFIG_ENV = "KIROKU_CONFIG";

    private final CommandContext context;

    ServerCommand(CommandContext context) {
        this.context = context;
    }

    /** Returns the command, with an option for each declared property. */
    CommandSpec spec() {
        CommandHandler handler = this::run;
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name("server");
        spec.usageMessage()
                .description("Serve the tracking API. Data is stored in ./kiroku-data by default.")
                .abbreviateSynopsis(true)
                .footer(
                        "",
                        "A flag takes precedence over the environment, the environment over the file.",
                        "",
                        "Examples:",
                        "  kiroku server",
                        "  kiroku server --host 0.0.0.0 --allowed-hosts tracking.example.com",
                        "  kiroku server --backend-store-uri postgresql://mlflow:password@db-host:5432/mlflow \\",
                        "                --default-artifact-root s3://mlflow-artifacts/experiments",
                        "  kiroku server --config kiroku.yaml --print-config");
        spec.addOption(CommandOptions.help());
        spec.addOption(OptionSpec.builder(CONFIG_FLAG)
                .type(String.class)
                .paramLabel("FILE")
                .description("A YAML file of 'name: value' lines, named like these flags. [$" + CONFIG_ENV + "]")
                .build());
        spec.addOption(OptionSpec.builder("--print-config")
                .type(boolean.class)
                .arity("0")
                .description("Print every property with its value and origin, and exit.")
                .build());
        for (Property.Topic topic : Property.Topic.values()) {
            ArgGroupSpec.Builder group = ArgGroupSpec.builder()
                    .exclusive(false)
                    .validate(false)
                    .heading("%n" + topic.heading() + "%n")
                    .order(topic.ordinal());
            ServerProperties.all().stream()
                    .filter(property -> property.topic() == topic)
                    .flatMap(property -> options(property).stream())
                    .forEach(group::addArg);
            spec.addArgGroup(group.build());
        }
        return spec;
    }

    private static List<OptionSpec> options(Property<?> property) {
        List<String> names = property.shortFlag() == null
                ? List.of(property.flag())
                : List.of(property.shortFlag(), property.flag());
        String help = property.help()
                + (property.defaultText() == null ? "" : " Default: " + property.defaultText() + ".")
                + (property.env() == null ? "" : " [$" + property.env() + "]");
        OptionSpec.Builder option =
                OptionSpec.builder(names.toArray(String[]::new)).description(help.replace("%", "%%"));
        if (property.label() != null) {
            return List.of(
                    option.type(String.class).paramLabel(property.label()).build());
        }
        return List.of(
                option.type(boolean.class).arity("0").build(),
                OptionSpec.builder(property.oppositeFlag())
                        .type(boolean.class)
                        .arity("0")
                        .hidden(!"true".equals(property.defaultText()))
                        .description("The opposite.")
                        .build());
    }

    private int run(ParseResult arguments) throws Exception {
        KirokuConfig config;
        Settings settings;
        try {
            settings = new Settings(
                    ServerProperties.all(), flags(arguments), context.environment(), configFile(arguments));
            config = KirokuConfig.from(settings);
        } catch (KirokuException e) {
            throw new UsageException(e.getMessage());
        }
        if (arguments.hasMatchedOption("--print-config")) {
            print(MlflowAccounts.of(settings).settings());
            return ExitStatus.SUCCESS;
        }
        Stream.concat(config.warnings().stream(), MlflowVariables.warnings(context.environment()).stream())
                .forEach(warning -> context.err().println("warning: " + SecretMasker.mask(warning)));
        return serve(config);
    }

    private int serve(KirokuConfig config) throws Exception {
        Logging.start(config.logLevel(), context.err());
        RunningServer server = ServerWiring.start(config, context.environment());
        ServerShutdown.closeOnTermination(server, Duration.ofSeconds(config.shutdownTimeoutSeconds()), context.err());
        StartupBanner.lines(config, server.port()).forEach(context.err()::println);
        Thread.currentThread().join(); // waits for its own end, that is, until the process is terminated
        throw new IllegalStateException("the wait for the end of the process has ended");
    }

    /** Returns the flags by property name. The last of a repeated flag counts. */
    private static Map<String, String> flags(ParseResult arguments) {
        Map<String, String> flags = new LinkedHashMap<>();
        for (Property<?> property : ServerProperties.all()) {
            for (OptionSpec matched : arguments.matchedOptions()) {
                List<String> names = List.of(matched.names());
                if (names.contains(property.flag())) {
                    flags.put(
                            property.name(),
                            property.label() == null
                                    ? "true"
                                    : matched.stringValues().getLast());
                } else if (names.contains(property.oppositeFlag())) {
                    flags.put(property.name(), "false");
                }
            }
        }
        return flags;
    }

    private ConfigFile configFile(ParseResult arguments) {
        String path =
                arguments.matchedOptionValue(CONFIG_FLAG, context.environment().getOrDefault(CONFIG_ENV, ""));
        try {
            return path.isBlank() ? ConfigFile.NONE : ConfigFile.read(Path.of(path));
        } catch (InvalidPathException e) {
            throw KirokuException.invalid("The name of the configuration file is not a path: " + e.getReason());
        }
    }

    private void print(Settings settings) {
        for (Setting setting : settings.all()) {
            context.out()
                    .printf("%-32s %-48s (%s)%n", setting.property().name(), setting.displayText(), setting.origin());
        }
    }
}
