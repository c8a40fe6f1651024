package dev.kiroku.cli.command;

import dev.kiroku.cli.config.Property;
import dev.kiroku.cli.config.SecretMasker;
import dev.kiroku.cli.config.ServerProperties;
import dev.kiroku.cli.config.UsageException;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.transfer.TransferStore;
import dev.kiroku.transfer.ArtifactImporter;
import dev.kiroku.transfer.ImportOptions;
import dev.kiroku.transfer.ImportedResources;
import dev.kiroku.transfer.artifacts.ArtifactCopier;
import dev.kiroku.transfer.artifacts.CopySummary;
import dev.kiroku.transfer.destination.ServerArtifacts;
import dev.kiroku.transfer.destination.ServerLocations;
import dev.kiroku.transfer.destination.ServerStore;
import dev.kiroku.transfer.source.rest.RestSource;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The running server that {@code --to} names, to which {@code kiroku import} sends everything over its API. */
final class ImportDestination implements AutoCloseable {
    static final String FLAG = "--to";

    private final TrackingClient server;
    private final ServerLocations locations;
    private final ServerArtifacts artifacts;
    private final ArtifactCopyOptions.Mode mode;
    /** The address, for messages. */
    private final String shown;
    /** Where the server has artifacts by default; null if they stay where they are. */
    private final String root;

    private ImportDestination(TrackingClient server, ArtifactCopyOptions.Mode mode, String shown) {
        this.server = server;
        this.locations = new ServerLocations(server);
        this.artifacts = new ServerArtifacts(server);
        this.mode = mode;
        this.shown = shown;
        this.root = mode == ArtifactCopyOptions.Mode.REFERENCE ? null : locations.artifactRoot();
        if (mode == ArtifactCopyOptions.Mode.COPY) {
            artifacts.resolve(root); // throws if clients cannot write there over the API
        }
    }

    static OptionSpec spec() {
        return CommandOptions.option(
                FLAG,
                "URL",
                "Send everything to this running server over its API, as an administrator, instead of writing to its database; with '--artifacts copy' artifacts too. Signs in as 'kiroku runs' does; if the source is a server too, or --artifacts-from names one, with $KIROKU_TO_USERNAME and $KIROKU_TO_PASSWORD, $KIROKU_TO_TOKEN, or the token of 'kiroku login'.");
    }

    /**
     * Connects to the server; the caller closes the result.
     *
     * @param source the source, whose credentials are not sent to the server
     * @param databaseOptions which need the database of the server
     * @throws UsageException if options are given that only apply to a database
     */
    static ImportDestination open(
            ParseResult arguments, CommandContext context, String source, List<String> databaseOptions)
            throws IOException {
        for (String option : databaseOptions) {
            if (arguments.hasMatchedOption(option)) {
                throw new UsageException(option + " and " + FLAG
                        + " cannot be combined: " + option
                        + " needs the database of the server. Run the command without "
                        + FLAG + " on the machine of the server.");
            }
        }
        for (Property<String> property :
                List.of(ServerProperties.artifactsDestination(), ServerProperties.defaultArtifactRoot())) {
            if (arguments.hasMatchedOption(property.flag())) {
                throw new UsageException(property.flag() + " and " + FLAG
                        + " cannot be combined: the server says where it has artifacts. Leave " + property.flag()
                        + " out.");
            }
        }
        ArtifactCopyOptions.Mode mode = ArtifactCopyOptions.mode(arguments);
        String uri = arguments.matchedOptionValue(FLAG, null);
        RemoteCommandSupport remote = new RemoteCommandSupport(context);
        boolean otherServer = RestSource.accepts(source) || ArtifactsFromOption.namesServer(arguments);
        TrackingClient server =
                new TrackingClient(otherServer ? remote.destinationSettings(uri) : remote.clientSettings(uri));
        try {
            return new ImportDestination(server, mode, SecretMasker.mask(uri));
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Returns the store that takes records. */
    TransferStore store() {
        return new ServerStore(server);
    }

    /** Returns options with the locations of the server. */
    ImportOptions locate(ImportOptions options) {
        return options.withArtifacts(root, mode == ArtifactCopyOptions.Mode.SKIP);
    }

    /** Copies or counts artifacts. */
    CopySummary copy(
            ImportArtifacts from,
            ImportProgressPrinter progress,
            ArtifactCopier.Mode copyMode,
            ImportedResources resources) {
        return from.run(
                locations, new ArtifactImporter.Destination(artifacts, root), shown, progress, copyMode, resources);
    }

    @Override
    public void close() {
        server.close();
    }
}
