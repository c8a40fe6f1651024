package dev.kiroku.cli.command;

import dev.kiroku.core.transfer.RelocationStore;
import dev.kiroku.stores.Stores;
import dev.kiroku.transfer.ArtifactImporter;
import dev.kiroku.transfer.ImportedResources;
import dev.kiroku.transfer.ImportedStores;
import dev.kiroku.transfer.artifacts.ArtifactCopier;
import dev.kiroku.transfer.artifacts.CopySummary;
import dev.kiroku.transfer.source.ArtifactSource;
import dev.kiroku.transfer.source.TransferSource;
import java.io.IOException;
import picocli.CommandLine.ParseResult;

/** The part of {@code kiroku import} that copies and compares artifacts. */
final class ImportArtifacts implements AutoCloseable {
    private final ParseResult arguments;
    private final CommandContext context;
    private final TransferSource source;
    private final ArtifactSource artifacts;

    private ImportArtifacts(
            ParseResult arguments, CommandContext context, TransferSource source, ArtifactSource artifacts) {
        this.arguments = arguments;
        this.context = context;
        this.source = source;
        this.artifacts = artifacts;
    }

    /** Opens the places that the options name; the caller closes them. */
    static ImportArtifacts open(ParseResult arguments, CommandContext context, TransferSource source)
            throws IOException {
        return new ImportArtifacts(arguments, context, source, ArtifactsFromOption.open(arguments, source, context));
    }

    /** Returns whether artifacts are copied. */
    boolean areCopied() {
        return ArtifactCopyOptions.mode(arguments) == ArtifactCopyOptions.Mode.COPY;
    }

    /** Copies artifacts to where the options say that the server has its own, or counts or compares them. */
    CopySummary run(
            Stores stores, ImportProgressPrinter progress, ArtifactCopier.Mode mode, ImportedResources resources) {
        try (var destination = ArtifactCopyOptions.open(arguments, context)) {
            return run(stores.relocations(), destination.destination(), destination.shown(), progress, mode, resources);
        }
    }

    /**
     * Copies artifacts, or counts or compares them.
     *
     * @param locations has the records that the artifacts belong to
     * @param shown the destination, for a message
     */
    CopySummary run(
            RelocationStore locations,
            ArtifactImporter.Destination destination,
            String shown,
            ImportProgressPrinter progress,
            ArtifactCopier.Mode mode,
            ImportedResources resources) {
        if (mode == ArtifactCopier.Mode.COPY) {
            context.err().println("Copying artifacts to " + shown);
        }
        progress.startCopies();
        CopySummary summary =
                new ArtifactImporter(source, artifacts, locations, destination, mode, progress).run(resources);
        progress.end();
        return summary;
    }

    /** Prints what became of artifacts; returns whether all that are to be copied are. */
    boolean report(CopySummary copied, boolean dryRun, ImportProgressPrinter progress) {
        new ImportReport(context.out()).print(copied, dryRun, !progress.isCancelled());
        return copied.isClean() && !progress.isCancelled();
    }

    /** Returns the stores that an import is compared with. */
    static ImportedStores imported(Stores stores) {
        return new ImportedStores(
                stores.transfer(),
                stores.experiments(),
                stores.runs(),
                stores.loggedModels(),
                stores.registry(),
                stores.relocations());
    }

    @Override
    public void close() {
        artifacts.close();
    }
}
