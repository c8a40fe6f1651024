package dev.kiroku.cli.command;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.transfer.ImportSummary;
import dev.kiroku.transfer.SourceFactory;
import dev.kiroku.transfer.Synchronizer;
import dev.kiroku.transfer.destination.ServerTarget;
import dev.kiroku.transfer.source.TransferSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku sync SOURCE --to URL}: sends runs that were logged without a network to a running server. */
final class SyncCommand {
    private static final String TO = "--to";
    private static final String EXPERIMENT = "--experiment";
    private static final String WATCH = "--watch";
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
                        "Send runs that were logged to a local database to a running server, with their ids and times.",
                        "Needs permission to edit the experiments; those that are missing are created. Repeated, the command sends what is new.")
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
        return spec;
    }

    private int run(ParseResult arguments) throws IOException {
        String name = arguments.matchedPositionalValue(0, "");
        String uri = !name.contains(":") && Files.isRegularFile(Path.of(name)) ? "sqlite:///" + name : name;
        Set<String> experiments = Set.copyOf(arguments.matchedOptionValue(EXPERIMENT, List.<String>of()));
        long seconds = seconds(arguments.matchedOptionValue(WATCH, null));
        try (TransferSource source = SourceFactory.open(uri);
                TrackingClient client =
                        new TrackingClient(commands.clientSettings(arguments.matchedOptionValue(TO, null)));
                ImportProgressPrinter progress = new ImportProgressPrinter(context)) {
            ImportSummary summary;
            do {
                summary = new Synchronizer(source, new ServerTarget(client), experiments, progress).run();
                progress.end();
                new ImportReport(context.out()).print(summary, "Sent from ", true);
            } while (seconds > 0 && progress.waitUnlessCancelled(seconds));
            return summary.isClean() ? ExitStatus.SUCCESS : ExitStatus.FAILURE;
        }
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
