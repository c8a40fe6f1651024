package dev.kiroku.cli.command;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.SourceFactory;
import dev.kiroku.transfer.SyncOptions;
import dev.kiroku.transfer.SyncSummary;
import dev.kiroku.transfer.Synchronizer;
import dev.kiroku.transfer.source.ArtifactSource;
import dev.kiroku.transfer.source.TransferSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku sync SOURCE --to URL}: sends what was logged without a network to a running server. */
final class SyncCommand {
    private static final String TO = "--to";
    private static final String EXPERIMENT = "--experiment";
    private static final String WATCH = "--watch";
    private static final String ARTIFACTS = "--artifacts";
    private static final String SKIP_MODELS = "--skip-registered-models";
    private static final int DEFAULT_SECONDS = 10;

    private final CommandContext context;
    private final RemoteCommandSupport commands;

    SyncCommand(CommandContext context) {
        this.context = context;
        this.commands = new RemoteCommandSupport(context);
    }

    CommandSpec spec() {
        CommandHandler handler = this::run;
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name("sync");
        spec.usageMessage()
                .description(
                        "Send runs, models and artifacts that were logged to a local database or folder to a running server, with their ids and times.",
                        "Needs permission to edit the experiments; those that are missing are created, and those that may not be edited are named and left. Repeated, the command sends what is new.")
                .footer(
                        "",
                        "Example: train with MLFLOW_TRACKING_URI=sqlite:///offline.db, and later",
                        "  kiroku sync offline.db --to https://kiroku.example.com");
        spec.addOption(CommandOptions.help());
        spec.addPositional(CommandOptions.positional(0, "SOURCE"));
        spec.addOption(CommandOptions.option(
                TO,
                "URL",
                "The server. Default: http://127.0.0.1:5000. [$MLFLOW_TRACKING_URI; signs in as 'kiroku runs' does]"));
        spec.addOption(CommandOptions.repeatableOption(
                EXPERIMENT, "NAME", "Send this experiment; may be repeated. Default: all that are not deleted."));
        spec.addOption(CommandOptions.option(
                WATCH,
                "SECONDS",
                "Go on, and send what is new every so many seconds, such as " + DEFAULT_SECONDS + "."));
        spec.addOption(CommandOptions.option(
                ARTIFACTS, "MODE", "copy (default) sends artifacts of runs and logged models too; skip leaves them."));
        spec.addOption(ArtifactsFromOption.spec());
        spec.addOption(CommandOptions.flag(SKIP_MODELS, "Do not send registered models and their versions."));
        return spec;
    }

    private int run(ParseResult arguments) throws IOException {
        String name = arguments.matchedPositionalValue(0, "");
        String uri = !name.contains(":") && Files.isRegularFile(Path.of(name)) ? "sqlite:///" + name : name;
        SyncOptions options = new SyncOptions(
                Set.copyOf(arguments.matchedOptionValue(EXPERIMENT, List.<String>of())),
                null,
                Map.of(),
                !arguments.hasMatchedOption(SKIP_MODELS),
                false,
                "kiroku sync");
        boolean withArtifacts = withArtifacts(arguments.matchedOptionValue(ARTIFACTS, "copy"));
        long seconds = seconds(arguments.matchedOptionValue(WATCH, null));
        try (TrackingClient client =
                        new TrackingClient(commands.clientSettings(arguments.matchedOptionValue(TO, null)));
                ImportProgressPrinter progress = new ImportProgressPrinter(context)) {
            Synchronizer synchronizer = new Synchronizer(client, options, progress);
            boolean clean;
            do {
                clean = send(arguments, uri, withArtifacts, synchronizer, progress, seconds > 0);
            } while (seconds > 0 && progress.waitUnlessCancelled(seconds));
            return clean ? ExitStatus.SUCCESS : ExitStatus.FAILURE;
        }
    }

    /** Sends what is new; returns whether everything is on the server. Opens the source anew, because folders may have appeared in it. */
    private boolean send(
            ParseResult arguments,
            String uri,
            boolean withArtifacts,
            Synchronizer synchronizer,
            ImportProgressPrinter progress,
            boolean goOn)
            throws IOException {
        try (TransferSource source = SourceFactory.open(uri);
                ArtifactSource artifacts =
                        withArtifacts ? ArtifactsFromOption.open(arguments, source, context) : null) {
            SyncSummary summary = synchronizer.run(source, artifacts);
            progress.end();
            new ImportReport(context.out()).print(summary, "Sent from ", progress.isCancelled());
            return summary.isClean();
        } catch (KirokuException e) {
            if (!goOn || e.code() != ErrorCode.TEMPORARILY_UNAVAILABLE) {
                throw e;
            }
            progress.end();
            context.err().println(e.getMessage() + " Trying again.");
            return false;
        }
    }

    private static boolean withArtifacts(String mode) {
        if (!Set.of("copy", "skip").contains(mode)) {
            throw new UsageException(ARTIFACTS + " takes copy or skip (got '" + mode + "')");
        }
        return mode.equals("copy");
    }

    private static long seconds(String text) {
        if (text == null) {
            return 0;
        }
        if (!text.matches("[1-9]\\d{0,5}")) {
            throw new UsageException(WATCH + " takes a number of seconds, such as 10 (got '" + text + "')");
        }
        return Long.parseLong(text);
    }
}
