package dev.kiroku.cli.command;

import dev.kiroku.artifacts.ConfiguredArtifactStores;
import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStores;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.transfer.Exporter;
import dev.kiroku.transfer.artifacts.ArtifactCopier;
import dev.kiroku.transfer.artifacts.CopyProgress;
import dev.kiroku.transfer.artifacts.CopySummary;
import dev.kiroku.transfer.destination.directory.ExportDirectoryTarget;
import dev.kiroku.transfer.source.ArtifactRoot;
import dev.kiroku.transfer.source.ArtifactSource;
import dev.kiroku.transfer.source.StoreArtifactFolder;
import dev.kiroku.transfer.source.TransferSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ParseResult;

/** {@code kiroku export FOLDER --format mlflow-export-import}: records, and artifacts from where the server has them. */
final class ExportFolderCommand {
    private final CommandContext context;

    ExportFolderCommand(CommandContext context) {
        this.context = context;
    }

    int run(
            ParseResult arguments,
            Path folder,
            TransferSource source,
            Exporter.Selection selection,
            boolean withArtifacts)
            throws IOException {
        if (!withArtifacts) {
            try (ExportDirectoryTarget target = new ExportDirectoryTarget(folder, null)) {
                export(source, target, selection);
            }
            return ExitStatus.SUCCESS;
        }
        try (var own = ArtifactCopyOptions.open(arguments, context);
                ArtifactSource artifacts = ArtifactsFromOption.open(arguments, () -> roots(own), false, context);
                ConfiguredArtifactStores exported = new ConfiguredArtifactStores(
                        null, folder.toAbsolutePath().normalize().toString(), Map.of());
                ArtifactCopier copier =
                        new ArtifactCopier(artifacts, exported, ArtifactCopier.Mode.COPY, new CopyProgress() {});
                ExportDirectoryTarget target = new ExportDirectoryTarget(folder, copier)) {
            export(source, target, selection);
            CopySummary copied = copier.summary();
            new ImportReport(context.out()).print(copied, false, true);
            return copied.isClean() ? ExitStatus.SUCCESS : ExitStatus.FAILURE;
        }
    }

    private void export(TransferSource source, ExportDirectoryTarget target, Exporter.Selection selection) {
        Map<RecordKind, Long> counts = new Exporter(source, target, selection).run();
        new ImportReport(context.out()).print(counts, target.description());
        target.left().forEach(line -> context.out().println(line));
    }

    /** Returns the places where the server has artifacts. */
    private static List<ArtifactRoot> roots(ArtifactCopyOptions.OpenDestination own) {
        List<ArtifactRoot> roots = new ArrayList<>();
        roots.add(new ArtifactRoot(
                ArtifactRoot.PROXIED, new StoreArtifactFolder(own.stores().proxied(), ArtifactPath.ROOT, () -> {})));
        if (!own.root().startsWith("mlflow-artifacts:")) {
            ArtifactStores.Location location = own.stores().resolve(own.root());
            roots.add(
                    new ArtifactRoot(own.root(), new StoreArtifactFolder(location.store(), location.path(), () -> {})));
        }
        return roots;
    }
}
