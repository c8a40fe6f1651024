package dev.kiroku.cli.command;

import dev.kiroku.cli.config.SecretMasker;
import dev.kiroku.cli.config.UsageException;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.transfer.ImportRecorder;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.transfer.ServerImport;
import dev.kiroku.stores.Stores;
import dev.kiroku.transfer.ImportOptions;
import dev.kiroku.transfer.ImportProgress;
import dev.kiroku.transfer.ImportSummary;
import dev.kiroku.transfer.ImportVerifier;
import dev.kiroku.transfer.ImportedResources;
import dev.kiroku.transfer.Importer;
import dev.kiroku.transfer.RecordDifferences;
import dev.kiroku.transfer.RecordedProgress;
import dev.kiroku.transfer.SourceFactory;
import dev.kiroku.transfer.UserImporter;
import dev.kiroku.transfer.artifacts.ArtifactCopier;
import dev.kiroku.transfer.artifacts.CopySummary;
import dev.kiroku.transfer.source.TransferSource;
import dev.kiroku.transfer.source.database.BasicAuthDatabase;
import dev.kiroku.transfer.source.rest.RestSource;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku import SOURCE}: brings experiments, runs and models of MLflow into the database of the server. */
final class ImportCommand {
    private static final String DRY_RUN = "--dry-run";
    private static final String MAP_EXPERIMENT = "--map-experiment";
    private static final String RENAME = "--rename";
    private static final String PREFIX = "--prefix";
    private static final String USERS = "--users";

    private final CommandContext context;
    private final RemoteCommandSupport remote;

    ImportCommand(CommandContext context) {
        this.context = context;
        this.remote = new RemoteCommandSupport(context);
    }

    CommandSpec spec() {
        CommandHandler handler = this::run;
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name("import");
        spec.usageMessage()
                .description(
                        "Bring experiments, runs, metrics and models of MLflow into the database of the server, with their ids and times; or runs of other trackers.",
                        "The source is only read, and may be in use. Stopped at any moment, the command goes on when it is run again; run later, it brings what is new.")
                .footer(
                        "",
                        "Examples:",
                        "  kiroku import sqlite:///mlflow.db --dry-run",
                        "  kiroku import sqlite:///mlflow.db --users sqlite:///basic_auth.db",
                        "  kiroku import postgresql://mlflow:password@db-host/mlflow --backend-store-uri sqlite:///kiroku-data/kiroku.db",
                        "  kiroku import https://mlflow.example.com --artifacts copy --artifacts-destination s3://bucket/kiroku",
                        "  kiroku import logs/",
                        "  kiroku import mlruns --to https://kiroku.example.com --artifacts copy",
                        "",
                        "docs/moving.md explains how a team moves.");
        addOptions(spec);
        spec.addOption(CommandOptions.flag(DRY_RUN, "Count what would be brought and name conflicts; write nothing."));
        spec.addOption(ImportDestination.spec());
        spec.addOption(
                CommandOptions.option(
                        USERS,
                        "URI",
                        "Also bring users with their passwords, roles and permissions from this database of MLflow's basic-auth, such as sqlite:///basic_auth.db."));
        spec.addSubcommand("verify", verifySpec());
        return spec;
    }

    private CommandSpec verifySpec() {
        CommandHandler handler = this::verify;
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name("verify");
        spec.usageMessage()
                .description(
                        "Compare everything in a source with the database of the server, and print the first differences.",
                        "Give the same options as for the import.")
                .footer("", "Example:", "  kiroku import verify sqlite:///mlflow.db");
        addOptions(spec);
        return spec;
    }

    private static void addOptions(CommandSpec spec) {
        spec.addOption(CommandOptions.help());
        spec.addPositional(
                CommandOptions.optionalPositional(
                        0,
                        "SOURCE",
                        "The URI of a database, a folder (mlruns, mlflow-export-import, TensorBoard, Weights & Biases, neptune-exporter, others), or the URL of a server. Signs in to it with $MLFLOW_TRACKING_USERNAME and $MLFLOW_TRACKING_PASSWORD, $MLFLOW_TRACKING_TOKEN, or the token of 'kiroku login'."));
        spec.addOption(StoreOption.spec());
        spec.addOption(
                CommandOptions.repeatableOption(
                        MAP_EXPERIMENT,
                        "ID=ID",
                        "Give an experiment of the source another id, or bring its runs into an experiment that exists; may be repeated. 'auto' does so for all experiments whose id belongs to another one: they go into the experiment of their name, or get a new id."));
        spec.addOption(CommandOptions.repeatableOption(
                RENAME, "OLD=NEW", "Give an experiment or registered model another name; may be repeated."));
        spec.addOption(CommandOptions.option(
                PREFIX, "TEXT", "Put a text before the names of all experiments and registered models."));
        ArtifactCopyOptions.add(spec);
    }

    private int verify(ParseResult arguments) throws IOException {
        try (TransferSource source = open(source(arguments));
                ImportArtifacts artifacts = ImportArtifacts.open(arguments, context, source);
                Stores stores = StoreOption.openExisting(arguments, context);
                ImportProgressPrinter progress = new ImportProgressPrinter(context)) {
            ImportVerifier verifier =
                    new ImportVerifier(source, ImportArtifacts.imported(stores), options(arguments, context), progress);
            RecordDifferences differences = verifier.run();
            progress.end();
            ImportReport report = new ImportReport(context.out());
            report.print(differences, source.description());
            boolean same = differences.differences() == 0;
            if (artifacts.areCopied() && !progress.isCancelled()) {
                CopySummary compared =
                        artifacts.run(stores, progress, ArtifactCopier.Mode.COMPARE, verifier.resources());
                report.printComparison(compared);
                same &= compared.isClean();
            }
            return same ? ExitStatus.SUCCESS : ExitStatus.FAILURE;
        }
    }

    private int run(ParseResult arguments) throws IOException {
        ImportOptions options = options(arguments, context);
        if (arguments.hasMatchedOption(ImportDestination.FLAG)) {
            return runOverApi(arguments, options);
        }
        try (TransferSource source = open(source(arguments));
                ImportArtifacts artifacts = ImportArtifacts.open(arguments, context, source);
                BasicAuthDatabase users = openUsers(arguments);
                Stores stores = StoreOption.open(arguments, context);
                ImportProgressPrinter progress = new ImportProgressPrinter(context)) {
            Imported imported = options.dryRun()
                    ? run(source, users, stores, options, progress)
                    : record(
                            arguments,
                            stores,
                            recorder -> run(source, users, stores, options, new RecordedProgress(recorder, progress)));
            progress.end();
            int status = report(imported.summary(), options);
            return artifacts.areCopied() && imported.summary().complete()
                    ? copyArtifacts(
                            artifacts,
                            status,
                            options,
                            progress,
                            mode -> artifacts.run(stores, progress, mode, imported.resources()))
                    : status;
        }
    }

    private int runOverApi(ParseResult arguments, ImportOptions options) throws IOException {
        String from = source(arguments);
        try (ImportDestination server =
                        ImportDestination.open(arguments, context, from, List.of(USERS, StoreOption.FLAG));
                TransferSource source = open(from);
                ImportArtifacts artifacts = ImportArtifacts.open(arguments, context, source);
                ImportProgressPrinter progress = new ImportProgressPrinter(context)) {
            Importer importer = new Importer(source, server.store(), server.locate(options), progress);
            ImportSummary summary = importer.run();
            progress.end();
            int status = report(summary, options);
            return artifacts.areCopied() && summary.complete()
                    ? copyArtifacts(
                            artifacts,
                            status,
                            options,
                            progress,
                            mode -> server.copy(artifacts, progress, mode, importer.resources()))
                    : status;
        }
    }

    /** Copies or counts artifacts after an import that was complete; returns the exit status of both. */
    private static int copyArtifacts(
            ImportArtifacts artifacts,
            int status,
            ImportOptions options,
            ImportProgressPrinter progress,
            Function<ArtifactCopier.Mode, CopySummary> copy) {
        CopySummary copied = copy.apply(options.dryRun() ? ArtifactCopier.Mode.COUNT : ArtifactCopier.Mode.COPY);
        return artifacts.report(copied, options.dryRun(), progress) ? status : ExitStatus.FAILURE;
    }

    /** What was imported, and where it is. */
    private record Imported(ImportSummary summary, ImportedResources resources) {}

    /** Records where what is imported comes from, for the web UI and the audit log. */
    private static Imported record(ParseResult arguments, Stores stores, Function<ImportRecorder, Imported> importing) {
        var plan = new ImportRecorder.Plan(
                SecretMasker.mask(source(arguments)),
                new ServerImport.Options(
                        arguments.matchedOptionValue(MAP_EXPERIMENT, List.<String>of()),
                        arguments.matchedOptionValue(RENAME, List.<String>of()),
                        arguments.matchedOptionValue(PREFIX, "")),
                false,
                false);
        Caller caller = UsersCommand.operatingSystemCaller();
        return ImportRecorder.start(stores.imports(), stores.audit(), Clock.systemUTC(), plan, caller, false)
                .run(importing, imported -> RecordedProgress.outcome(imported.summary()));
    }

    private static Imported run(
            TransferSource source,
            BasicAuthDatabase users,
            Stores stores,
            ImportOptions options,
            ImportProgress progress) {
        Importer importer = new Importer(source, stores.transfer(), options, progress);
        ImportSummary summary = importer.run();
        if (users != null && summary.complete()) {
            ChangeContext change = new ChangeContext(
                    UsersCommand.operatingSystemCaller(), Clock.systemUTC().millis());
            UserImporter userImporter = new UserImporter(users, stores.accountTransfer(), options.dryRun(), change);
            summary = summary.plus(userImporter.run(importer.resources()));
        }
        return new Imported(summary, importer.resources());
    }

    private int report(ImportSummary summary, ImportOptions options) {
        new ImportReport(context.out())
                .print(summary, options.dryRun() ? "Would import from " : "Imported from ", !options.dryRun());
        return summary.isClean() ? ExitStatus.SUCCESS : ExitStatus.FAILURE;
    }

    private TransferSource open(String source) throws IOException {
        return RestSource.accepts(source) ? RestSource.open(remote.clientSettings(source)) : SourceFactory.open(source);
    }

    /** Returns the database of users; null without the option. */
    private static BasicAuthDatabase openUsers(ParseResult arguments) {
        String uri = arguments.matchedOptionValue(USERS, "");
        return uri.isEmpty() ? null : BasicAuthDatabase.open(uri);
    }

    /** Returns the source. It is not a required parameter, because the command would require it beside its subcommand too. */
    private static String source(ParseResult arguments) {
        String source = arguments.matchedPositionalValue(0, "");
        if (source.isEmpty()) {
            throw new UsageException("name the source, such as sqlite:///mlflow.db");
        }
        return source;
    }

    private static ImportOptions options(ParseResult arguments, CommandContext context) {
        ArtifactCopyOptions.Mode artifacts = ArtifactCopyOptions.mode(arguments);
        try {
            return ImportOptions.parse(
                            arguments.matchedOptionValue(MAP_EXPERIMENT, List.<String>of()),
                            arguments.matchedOptionValue(RENAME, List.<String>of()),
                            arguments.matchedOptionValue(PREFIX, ""),
                            arguments.hasMatchedOption(DRY_RUN))
                    .withArtifacts(
                            artifacts == ArtifactCopyOptions.Mode.REFERENCE
                                    ? null
                                    : ArtifactCopyOptions.root(arguments, context),
                            artifacts == ArtifactCopyOptions.Mode.SKIP);
        } catch (KirokuException e) {
            throw new UsageException(e.getMessage());
        }
    }
}
