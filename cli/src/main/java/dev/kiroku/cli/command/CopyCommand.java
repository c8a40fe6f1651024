package dev.kiroku.cli.command;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.client.ClientSettings;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.transfer.ModelSelection;
import dev.kiroku.transfer.SyncOptions;
import dev.kiroku.transfer.SyncSummary;
import dev.kiroku.transfer.Synchronizer;
import dev.kiroku.transfer.source.ArtifactSource;
import dev.kiroku.transfer.source.rest.RestSource;
import dev.kiroku.transfer.source.rest.ServerSelection;
import dev.kiroku.transfer.source.rest.ServerSelection.Criteria;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku copy runs} and {@code kiroku copy models}: copy single runs and models from one server to another. */
final class CopyCommand {
    private static final String FROM = "--from";
    private static final String TO = "--to";
    private static final String RUN_ID = "--run-id";
    private static final String EXPERIMENT = "--experiment";
    private static final String FILTER = "--filter";
    private static final String TO_EXPERIMENT = "--to-experiment";
    private static final String TO_NAME = "--to-name";
    private static final String SKIP_ARTIFACTS = "--skip-artifacts";

    private final CommandContext context;
    private final RemoteCommandSupport commands;

    CopyCommand(CommandContext context) {
        this.context = context;
        this.commands = new RemoteCommandSupport(context);
    }

    CommandSpec spec() {
        CommandSpec spec = RemoteCommandSupport.parentCommand(
                "copy",
                "Copy single runs and models from one server to another, with their artifacts, IDs and lineage. Repeated, the command copies what is new.",
                "",
                "Examples:",
                "  kiroku copy runs --from https://dev.example.com --to https://prod.example.com --run-id 0123456789abcdef0123456789abcdef",
                "  kiroku copy models --from https://dev.example.com --to https://prod.example.com --name iris --alias champion --to-name prod.iris");
        spec.addSubcommand("runs", runs());
        spec.addSubcommand("models", models());
        return spec;
    }

    private CommandSpec runs() {
        CommandHandler handler = this::copyRuns;
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name("runs");
        spec.usageMessage()
                .description(
                        "Copy active runs with metrics, logged models and artifacts into experiments of the same names. Needs permission to edit these experiments.");
        spec.addOption(CommandOptions.repeatableOption(RUN_ID, "ID", "Copy this run; may be repeated."));
        spec.addOption(CommandOptions.repeatableOption(
                EXPERIMENT, "NAME", "Copy the runs of this experiment; may be repeated."));
        spec.addOption(CommandOptions.option(
                FILTER, "FILTER", "Copy only runs that match, such as \"metrics.accuracy > 0.9\"."));
        spec.addOption(CommandOptions.option(
                TO_EXPERIMENT, "NAME", "Copy all of them into this experiment. Default: those of the same names."));
        spec.addOption(CommandOptions.flag(SKIP_ARTIFACTS, "Do not copy artifacts."));
        return withServers(spec);
    }

    private CommandSpec models() {
        CommandHandler handler = this::copyModels;
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name("models");
        spec.usageMessage()
                .description(
                        "Copy versions of a registered model with their runs, logged models and artifacts. The destination chooses the numbers, and its gates decide on aliases.");
        spec.addOption(CommandOptions.option(RemoteCommandSupport.NAME, "NAME", "The model."));
        spec.addOption(CommandOptions.option(
                RemoteCommandSupport.VERSION, "VERSION", "Copy this version, without aliases. Default: all versions."));
        spec.addOption(CommandOptions.option(
                RemoteCommandSupport.ALIAS,
                "ALIAS",
                "Copy the version that this alias points at, and point the alias of the destination at the copy."));
        spec.addOption(CommandOptions.option(
                TO_NAME, "NAME", "The name of the model at the destination. Default: the same name."));
        return withServers(spec);
    }

    private static CommandSpec withServers(CommandSpec spec) {
        spec.addOption(
                CommandOptions.option(
                        FROM,
                        "URL",
                        "The server to copy from, MLflow or Kiroku. Signs in with $MLFLOW_TRACKING_USERNAME and $MLFLOW_TRACKING_PASSWORD, $MLFLOW_TRACKING_TOKEN, or the token of 'kiroku login'."));
        spec.addOption(
                CommandOptions.option(
                        TO,
                        "URL",
                        "The Kiroku server to copy to. Signs in with $KIROKU_TO_USERNAME and $KIROKU_TO_PASSWORD, $KIROKU_TO_TOKEN, or the token of 'kiroku login'."));
        spec.addOption(ArtifactsFromOption.spec());
        return spec.addOption(CommandOptions.help());
    }

    private int copyRuns(ParseResult arguments) throws IOException {
        List<String> runIds = arguments.matchedOptionValue(RUN_ID, List.<String>of());
        List<String> experiments = arguments.matchedOptionValue(EXPERIMENT, List.<String>of());
        String filter = RemoteCommandSupport.findOption(arguments, FILTER);
        if (runIds.isEmpty() && experiments.isEmpty() && filter == null) {
            throw new UsageException("name what to copy with " + RUN_ID + ", " + EXPERIMENT + " or " + FILTER);
        }
        Criteria criteria = new Criteria(Set.copyOf(experiments), runIds, filter, List.of(), null);
        return copy(
                arguments,
                server -> new ModelSelection(criteria, Map.of()),
                RemoteCommandSupport.findOption(arguments, TO_EXPERIMENT),
                !arguments.hasMatchedOption(SKIP_ARTIFACTS));
    }

    private int copyModels(ParseResult arguments) throws IOException {
        String name = RemoteCommandSupport.requireOption(arguments, RemoteCommandSupport.NAME);
        String version = RemoteCommandSupport.findOption(arguments, RemoteCommandSupport.VERSION);
        String alias = RemoteCommandSupport.findOption(arguments, RemoteCommandSupport.ALIAS);
        if (version != null && alias != null) {
            throw new UsageException("give " + RemoteCommandSupport.VERSION + " or " + RemoteCommandSupport.ALIAS);
        }
        Long number =
                version == null ? null : (Long) RemoteCommandSupport.parseNumber(version, RemoteCommandSupport.VERSION);
        String target = arguments.matchedOptionValue(TO_NAME, name);
        return copy(arguments, server -> ModelSelection.of(server, name, number, alias, target), null, true);
    }

    /** Reads what is to be copied. */
    private interface Selector {
        ModelSelection select(RestSource server);
    }

    private int copy(ParseResult arguments, Selector selector, String toExperiment, boolean withArtifacts)
            throws IOException {
        ClientSettings from = commands.clientSettings(RemoteCommandSupport.requireOption(arguments, FROM));
        ClientSettings to = commands.destinationSettings(RemoteCommandSupport.requireOption(arguments, TO));
        if (from.baseUri().equals(to.baseUri())) {
            throw new UsageException(FROM + " and " + TO + " are the same server");
        }
        try (RestSource server = RestSource.open(from)) {
            ModelSelection selection = selector.select(server);
            ServerSelection source =
                    new ServerSelection(server, selection.criteria(), Synchronizer.originTag(from.displayUri()));
            SyncOptions options =
                    new SyncOptions(Set.of(), toExperiment, selection.modelNames(), true, true, from.displayUri());
            try (ArtifactSource artifacts =
                            withArtifacts ? ArtifactsFromOption.open(arguments, source, context) : null;
                    TrackingClient client = new TrackingClient(to);
                    ImportProgressPrinter progress = new ImportProgressPrinter(context)) {
                SyncSummary summary = new Synchronizer(client, options, progress).run(source, artifacts);
                progress.end();
                new ImportReport(context.out()).print(summary, "Copied from ", progress.isCancelled());
                return summary.isClean() ? ExitStatus.SUCCESS : ExitStatus.FAILURE;
            }
        }
    }
}
