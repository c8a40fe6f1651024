package dev.kiroku.cli.command;

import dev.kiroku.artifacts.ConfiguredArtifactStores;
import dev.kiroku.cli.config.Property;
import dev.kiroku.cli.config.ServerProperties;
import dev.kiroku.cli.config.UsageException;
import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.ArtifactImporter;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options of commands that copy artifacts to where the server keeps its own. */
final class ArtifactCopyOptions {
    private static final String ARTIFACTS = "--artifacts";

    private ArtifactCopyOptions() {}

    /** What is done with artifacts. */
    enum Mode {
        /** They stay where they are. */
        REFERENCE,
        COPY,
        /** Records get locations of the server, where nothing is. */
        SKIP
    }

    /** An open destination. */
    record OpenDestination(ConfiguredArtifactStores stores, String root, String shown) implements AutoCloseable {
        ArtifactImporter.Destination destination() {
            return new ArtifactImporter.Destination(stores, root);
        }

        @Override
        public void close() {
            stores.close();
        }
    }

    static void add(CommandSpec spec) {
        spec.addOption(
                CommandOptions.option(
                        ARTIFACTS,
                        "MODE",
                        "What becomes of artifacts. reference (default): they stay where they are. copy: they are copied to the artifact destination of the server; with --to, through the server. skip: they are left, and the locations of runs and logged models are those that the server gives."));
        addServerOptions(spec);
    }

    /** Adds the options that say where the server has artifacts. */
    static void addServerOptions(CommandSpec spec) {
        spec.addOption(ArtifactsFromOption.spec());
        spec.addOption(serverOption(
                ServerProperties.artifactsDestination(),
                "Where the server stores artifacts. Default: "
                        + ServerProperties.artifactsDestination().defaultText() + "."));
        spec.addOption(
                serverOption(
                        ServerProperties.defaultArtifactRoot(),
                        "The artifact location of experiments, if the server has this option too. Default: mlflow-artifacts:/."));
    }

    private static OptionSpec serverOption(Property<String> property, String description) {
        return CommandOptions.option(property.flag(), property.label(), description + " [$" + property.env() + "]");
    }

    static Mode mode(ParseResult arguments) {
        String text = arguments.matchedOptionValue(ARTIFACTS, "reference");
        for (Mode mode : Mode.values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(text)) {
                return mode;
            }
        }
        throw new UsageException(ARTIFACTS + " takes reference, copy or skip (got '" + text + "')");
    }

    /** Returns the location below which experiments of the server have their artifacts. */
    static String root(ParseResult arguments, CommandContext context) {
        String root = value(ServerProperties.defaultArtifactRoot(), arguments, context);
        return root.isEmpty() ? "mlflow-artifacts:/" : root;
    }

    /** Opens the destination; the caller closes it. */
    static OpenDestination open(ParseResult arguments, CommandContext context) {
        String root = root(arguments, context);
        String destination = value(ServerProperties.artifactsDestination(), arguments, context);
        try {
            return new OpenDestination(
                    new ConfiguredArtifactStores(destination, root, context.environment()),
                    root,
                    root.startsWith("mlflow-artifacts:") ? destination : root);
        } catch (KirokuException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private static String value(Property<String> property, ParseResult arguments, CommandContext context) {
        String variable = context.environment().getOrDefault(property.env(), "").strip();
        String byDefault = property.defaultText() == null ? "" : property.defaultText();
        return arguments.matchedOptionValue(property.flag(), variable.isEmpty() ? byDefault : variable);
    }
}
