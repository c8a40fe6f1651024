package dev.kiroku.cli.command;

import static dev.kiroku.cli.command.CommandOptions.option;
import static dev.kiroku.cli.command.RemoteCommandSupport.count;
import static dev.kiroku.cli.command.RemoteCommandSupport.findOption;
import static dev.kiroku.cli.command.RemoteCommandSupport.requireOption;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.remote.ArtifactFolder;
import dev.kiroku.cli.remote.ArtifactLocation;
import dev.kiroku.cli.remote.ArtifactTransfer;
import dev.kiroku.cli.remote.MlflowJson;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.model.artifacts.ArtifactApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku artifacts log-artifact|log-artifacts|list|download}: the commands of {@code mlflow artifacts}, without Python. */
final class ArtifactsCommand {
    private static final String LOCAL_FILE = "--local-file";
    private static final String LOCAL_DIR = "--local-dir";
    private static final String RUN_ID = "--run-id";
    private static final String ARTIFACT_PATH = "--artifact-path";
    private static final String ARTIFACT_URI = "--artifact-uri";
    private static final String DST_PATH = "--dst-path";

    /** The answer of the commands with {@code --json} that copy files. */
    private record TransferResult(String path, Long files) {}

    private final CommandContext context;
    private final RemoteCommandSupport commands;

    ArtifactsCommand(CommandContext context) {
        this.context = context;
        this.commands = new RemoteCommandSupport(context);
    }

    CommandSpec spec() {
        CommandSpec spec = RemoteCommandSupport.parentCommand(
                "artifacts",
                "Upload, list and download artifacts of runs and models. The options are those of 'mlflow artifacts'.",
                "",
                "Examples:",
                "  kiroku artifacts log-artifact -l report.html -r 3f0c…",
                "  kiroku artifacts log-artifacts -l out/plots -r 3f0c… -a plots",
                "  kiroku artifacts list -r 3f0c… -a plots",
                "  kiroku artifacts download -r 3f0c… -a plots/roc.png -d .",
                "  kiroku artifacts download -u models:/iris@champion -d model",
                "",
                "Files go through the tracking server, or directly to and from the S3 bucket or folder that the run names.");
        commands.add(
                spec,
                "log-artifact",
                "Upload a file.",
                this::logArtifact,
                option(List.of(LOCAL_FILE, "-l"), "FILE", "The file."),
                runId("The run to upload to."),
                artifactPath("The folder to put it in. Default: the run's folder itself."));
        commands.add(
                spec,
                "log-artifacts",
                "Upload the files in a folder and below it.",
                this::logArtifacts,
                option(List.of(LOCAL_DIR, "-l"), "DIR", "The folder."),
                runId("The run to upload to."),
                artifactPath("The folder to put them in. Default: the run's folder itself."));
        commands.add(
                spec,
                "list",
                "List a folder of a run's artifacts as JSON.",
                this::list,
                runId("The run."),
                artifactPath("The folder. Default: the run's folder itself."));
        commands.add(
                spec,
                "download",
                "Download a file or folder, and print where it is.",
                this::download,
                runId("The run to download from."),
                artifactPath("The file or folder. Default: everything of the run."),
                option(
                        List.of(ARTIFACT_URI, "-u"),
                        "URI",
                        "Instead of a run: runs:/RUN_ID/path, models:/NAME/VERSION, models:/NAME@ALIAS, mlflow-artifacts:/path or"
                                + " the location of a store."),
                option(List.of(DST_PATH, "-d"), "DIR", "Where to put it. Default: a new folder for temporary files."));
        return spec;
    }

    private static OptionSpec runId(String description) {
        return option(List.of(RUN_ID, "-r"), "RUN_ID", description);
    }

    private static OptionSpec artifactPath(String description) {
        return option(List.of(ARTIFACT_PATH, "-a"), "PATH", description);
    }

    private int logArtifact(TrackingClient server, ParseResult arguments) throws IOException {
        Path file = Path.of(requireOption(arguments, LOCAL_FILE));
        ArtifactPath folder = ArtifactPath.of(findOption(arguments, ARTIFACT_PATH));
        try (ArtifactFolder artifacts = openRun(server, arguments)) {
            new ArtifactTransfer(artifacts).uploadFile(file, folder);
        }
        printUpload(arguments, folder, 1);
        return ExitStatus.SUCCESS;
    }

    private int logArtifacts(TrackingClient server, ParseResult arguments) throws IOException {
        Path directory = Path.of(requireOption(arguments, LOCAL_DIR));
        ArtifactPath folder = ArtifactPath.of(findOption(arguments, ARTIFACT_PATH));
        long files;
        try (ArtifactFolder artifacts = openRun(server, arguments)) {
            files = new ArtifactTransfer(artifacts).uploadFolder(directory, folder);
        }
        printUpload(arguments, folder, files);
        return ExitStatus.SUCCESS;
    }

    private ArtifactFolder openRun(TrackingClient server, ParseResult arguments) {
        ArtifactLocation location = ArtifactLocation.ofRun(requireOption(arguments, RUN_ID), "", server);
        return ArtifactFolder.open(location.folderUri(), server, context.environment());
    }

    /** Reports an upload on standard error, as MLflow does: nothing parses it. */
    private void printUpload(ParseResult arguments, ArtifactPath folder, long files) {
        if (RemoteCommandSupport.wantsJson(arguments)) {
            commands.printResult(arguments, new TransferResult(folder.value(), files), () -> {});
        } else {
            context.err()
                    .println("Uploaded " + count(files, "file", "files")
                            + (folder.isRoot() ? "." : " to '" + folder.value() + "'."));
        }
    }

    private int list(TrackingClient server, ParseResult arguments) throws IOException {
        try (ArtifactFolder artifacts = openRun(server, arguments)) {
            var files = artifacts.list(ArtifactPath.of(findOption(arguments, ARTIFACT_PATH)));
            commands.printResult(
                    arguments,
                    new ArtifactApi.ListProxiedArtifactsResponse(files),
                    () -> context.out()
                            .println(new MlflowJson()
                                    .toJson(files.stream()
                                            .map(MlflowJson::fields)
                                            .toList())));
        }
        return ExitStatus.SUCCESS;
    }

    private int download(TrackingClient server, ParseResult arguments) throws IOException {
        String uri = findOption(arguments, ARTIFACT_URI);
        String runId = findOption(arguments, RUN_ID);
        if (uri == null && runId == null) {
            throw new UsageException("give either " + RUN_ID + " or " + ARTIFACT_URI);
        }
        String path = findOption(arguments, ARTIFACT_PATH);
        ArtifactLocation location = uri != null
                ? ArtifactLocation.of(uri, server)
                : ArtifactLocation.ofRun(runId, path == null ? "" : path, server);
        String destination = findOption(arguments, DST_PATH);
        Path target = destination == null ? Files.createTempDirectory("kiroku-artifacts-") : Path.of(destination);
        try (ArtifactFolder artifacts = ArtifactFolder.open(location.folderUri(), server, context.environment())) {
            Path local = new ArtifactTransfer(artifacts)
                    .download(location.path(), target.toAbsolutePath().normalize());
            commands.printResult(
                    arguments,
                    new TransferResult(local.toString(), null),
                    () -> context.out().println(local));
        }
        return ExitStatus.SUCCESS;
    }
}
