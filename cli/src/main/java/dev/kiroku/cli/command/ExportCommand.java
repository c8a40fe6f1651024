package dev.kiroku.cli.command;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.StoreUriParser;
import dev.kiroku.stores.Stores;
import dev.kiroku.transfer.Exporter;
import dev.kiroku.transfer.destination.TransferTarget;
import dev.kiroku.transfer.destination.database.MlflowDatabaseTarget;
import dev.kiroku.transfer.destination.parquet.ParquetTarget;
import dev.kiroku.transfer.source.TransferSource;
import dev.kiroku.transfer.source.store.StoreSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku export TARGET}: writes experiments, runs and models to a database of MLflow, a folder of mlflow-export-import, or Parquet files. */
final class ExportCommand {
    private static final String EXPERIMENT = "--experiment";
    private static final String MODEL = "--model";
    private static final String FILTER = "--filter";
    private static final String RUNS_ONLY = "--runs-only";
    private static final String FORMAT = "--format";
    private static final String PARQUET = "parquet";
    private static final String NO_ARTIFACTS = "--no-artifacts";

    private final CommandContext context;

    ExportCommand(CommandContext context) {
        this.context = context;
    }

    CommandSpec spec() {
        CommandHandler handler = this::run;
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name("export");
        spec.usageMessage()
                .description(
                        "Write experiments, runs, metrics and models to a database of MLflow, to a folder of mlflow-export-import, or to Parquet files for analysis.",
                        "TARGET is the URI of a database whose tables MLflow 3.17 or newer created ('mlflow db upgrade URI'), or a folder. The server may be running.")
                .footer(
                        "",
                        "Examples:",
                        "  mlflow db upgrade sqlite:///mlflow.db && kiroku export sqlite:///mlflow.db",
                        "  kiroku export postgresql://mlflow:password@db-host/mlflow --experiment vision --experiment 17",
                        "  kiroku export analysis/ --filter \"metrics.accuracy > 0.9\" --runs-only",
                        "  kiroku export export/ --format mlflow-export-import",
                        "",
                        "docs/exporting.md explains what is written.");
        spec.addPositional(CommandOptions.positional(0, "TARGET"));
        spec.addOption(CommandOptions.repeatableOption(
                EXPERIMENT, "NAME|ID", "Only this experiment, with its runs and logged models; may be repeated."));
        spec.addOption(CommandOptions.repeatableOption(MODEL, "NAME", "Only this registered model; may be repeated."));
        spec.addOption(CommandOptions.option(
                FILTER,
                "FILTER",
                "Only runs that match, in MLflow's search syntax, such as \"metrics.accuracy > 0.9\"."));
        spec.addOption(CommandOptions.flag(RUNS_ONLY, "No registered models."));
        spec.addOption(
                CommandOptions.option(
                        FORMAT,
                        "FORMAT",
                        "Of a folder: parquet (default), or mlflow-export-import for 'import-all' of this tool, with artifacts."));
        spec.addOption(CommandOptions.flag(NO_ARTIFACTS, "Leave artifacts out of a folder of mlflow-export-import."));
        ArtifactCopyOptions.addServerOptions(spec);
        spec.addOption(StoreOption.spec());
        return spec.addOption(CommandOptions.help());
    }

    private int run(ParseResult arguments) throws IOException {
        String target = arguments.matchedPositionalValue(0, "");
        Exporter.Selection selection = new Exporter.Selection(
                arguments.matchedOptionValue(EXPERIMENT, List.of()),
                arguments.matchedOptionValue(MODEL, List.of()),
                !arguments.hasMatchedOption(RUNS_ONLY));
        if (isExportDirectory(arguments, target)) {
            try (Stores stores = StoreOption.openExisting(arguments, context);
                    TransferSource source = source(stores, arguments)) {
                return new ExportFolderCommand(context)
                        .run(arguments, Path.of(target), source, selection, !arguments.hasMatchedOption(NO_ARTIFACTS));
            }
        }
        if (!target.contains("://")) {
            StoreOption.requireExisting(arguments, context); // before the folder is created
        }
        try (TransferTarget opened = open(target);
                Stores stores = StoreOption.openExisting(arguments, context);
                TransferSource source = source(stores, arguments)) {
            Map<RecordKind, Long> counts = new Exporter(source, opened, selection).run();
            new ImportReport(context.out()).print(counts, opened.description());
        }
        return ExitStatus.SUCCESS;
    }

    private static TransferSource source(Stores stores, ParseResult arguments) {
        return new StoreSource(records(stores), RemoteCommandSupport.findOption(arguments, FILTER));
    }

    private static boolean isExportDirectory(ParseResult arguments, String target) {
        String format = arguments.matchedOptionValue(FORMAT, PARQUET);
        if (!format.equals(PARQUET) && !format.equals("mlflow-export-import")) {
            throw new UsageException(FORMAT + " takes parquet or mlflow-export-import (got '" + format + "')");
        }
        if (target.contains("://") && arguments.hasMatchedOption(FORMAT)) {
            throw new UsageException(FORMAT + " is that of a folder, and TARGET is a database");
        }
        return !format.equals(PARQUET);
    }

    private static StoreSource.Records records(Stores stores) {
        return new StoreSource.Records(
                "the stores of Kiroku", stores.experiments(), stores.runs(), stores.loggedModels(), stores.registry());
    }

    private static TransferTarget open(String target) {
        if (!target.contains("://")) {
            return new ParquetTarget(Path.of(target));
        }
        StoreUri uri;
        try {
            uri = StoreUriParser.parse(target);
        } catch (KirokuException e) {
            throw new UsageException("TARGET " + e.getMessage());
        }
        try {
            return new MlflowDatabaseTarget(connect(uri), uri.toString());
        } catch (SQLException e) {
            throw new KirokuException(
                    ErrorCode.TEMPORARILY_UNAVAILABLE,
                    "The database " + uri + " cannot be opened: " + e.getMessage(),
                    e);
        }
    }

    private static Connection connect(StoreUri uri) throws SQLException {
        return switch (uri) {
            case StoreUri.Sqlite sqlite -> {
                if (!Files.exists(sqlite.file())) {
                    throw new UsageException(
                            "TARGET " + uri + " does not exist; create it with 'mlflow db upgrade " + uri + "'");
                }
                yield DriverManager.getConnection("jdbc:sqlite:" + sqlite.file());
            }
            case StoreUri.Postgres postgres ->
                DriverManager.getConnection(postgres.jdbcUrl(), postgres.driverProperties());
        };
    }
}
