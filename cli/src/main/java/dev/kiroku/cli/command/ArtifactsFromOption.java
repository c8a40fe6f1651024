package dev.kiroku.cli.command;

import dev.kiroku.artifacts.ConfiguredArtifactStores;
import dev.kiroku.cli.config.UsageException;
import dev.kiroku.core.artifacts.ArtifactStores;
import dev.kiroku.core.net.ProxyUris;
import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.source.ArtifactFolder;
import dev.kiroku.transfer.source.ArtifactRoot;
import dev.kiroku.transfer.source.ArtifactSource;
import dev.kiroku.transfer.source.LocalArtifactFolder;
import dev.kiroku.transfer.source.StoreArtifactFolder;
import dev.kiroku.transfer.source.TransferSource;
import dev.kiroku.transfer.source.rest.RestSource;
import dev.kiroku.transfer.source.rest.ServerArtifactFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The option {@code --artifacts-from}: the places that artifacts of a source may be read from, besides its own. */
final class ArtifactsFromOption {
    static final String FLAG = "--artifacts-from";

    /** Two locations; an equals sign within a location is followed by neither a scheme nor a slash. */
    private static final Pattern MAPPING = Pattern.compile("(.+?)=((?:[A-Za-z][A-Za-z0-9+.-]+:)?/.*)");

    private ArtifactsFromOption() {}

    static OptionSpec spec() {
        return CommandOptions.repeatableOption(
                FLAG,
                "LOCATION",
                "A place that artifacts may be read from: a folder, s3://bucket/folder, or the address of the server that serves them; may be repeated. The first one also has the artifacts of mlflow-artifacts: URIs. 'OLD=NEW' reads artifacts at NEW whose URIs begin with OLD.");
    }

    /** Returns whether a server is among the places that the user has named. */
    static boolean namesServer(ParseResult arguments) {
        return arguments.matchedOptionValue(FLAG, List.<String>of()).stream()
                .map(text -> MAPPING.matcher(text).replaceFirst("$2"))
                .anyMatch(RestSource::accepts);
    }

    /**
     * Returns the places of a source and those that the user has named; the caller closes them.
     *
     * @throws KirokuException if a place does not exist or cannot be opened
     */
    static ArtifactSource open(ParseResult arguments, TransferSource source, CommandContext context)
            throws IOException {
        return open(arguments, source::artifactRoots, !source.hasArtifactsElsewhere(), context);
    }

    /**
     * Returns places and those that the user has named; the caller closes them.
     *
     * @param roots opens places
     * @param complete whether there are no artifacts at others
     */
    static ArtifactSource open(
            ParseResult arguments, Supplier<List<ArtifactRoot>> roots, boolean complete, CommandContext context)
            throws IOException {
        List<ArtifactRoot> named = new ArrayList<>();
        List<ArtifactRoot> proxied = new ArrayList<>();
        List<ArtifactRoot> own = List.of();
        try {
            for (String text : arguments.matchedOptionValue(FLAG, List.<String>of())) {
                Matcher mapping = MAPPING.matcher(text);
                boolean mapped = mapping.matches();
                String location = mapped ? mapping.group(2) : text;
                ArtifactFolder folder = open(location, context);
                named.add(new ArtifactRoot(mapped ? mapping.group(1) : uri(location), folder));
                if (!mapped && proxied.isEmpty()) {
                    proxied.add(new ArtifactRoot(ArtifactRoot.PROXIED, folder));
                }
            }
            own = roots.get();
            List<ArtifactRoot> all = new ArrayList<>(named);
            // A server that was named is meant for these URIs before what the source has itself.
            boolean server = named.stream().anyMatch(root -> root.folder() instanceof ServerArtifactFolder);
            all.addAll(server ? proxied : own);
            all.addAll(server ? own : proxied);
            return new ArtifactSource(all, complete);
        } catch (IOException | RuntimeException e) {
            named.forEach(root -> root.folder().close());
            own.forEach(root -> root.folder().close());
            throw e;
        }
    }

    /** Returns what artifact URIs at a location begin with. */
    private static String uri(String location) {
        return RestSource.accepts(location) && ProxyUris.findRoute(location).isEmpty()
                ? location.replaceFirst("/+$", "") + "/api/2.0/mlflow-artifacts/artifacts"
                : location;
    }

    private static ArtifactFolder open(String location, CommandContext context) throws IOException {
        if (RestSource.accepts(location)) {
            String server = location.replaceFirst("/api/2\\.0/mlflow-artifacts/artifacts/?$", "");
            return ServerArtifactFolder.open(new RemoteCommandSupport(context).clientSettings(server));
        }
        Optional<Path> local = ArtifactSource.findPath(location);
        if (local.isPresent()) {
            return new LocalArtifactFolder(local.get());
        }
        ConfiguredArtifactStores stores;
        ArtifactStores.Location opened;
        try {
            stores = new ConfiguredArtifactStores(null, location, context.environment());
            opened = stores.resolve(location);
        } catch (KirokuException e) {
            throw new UsageException(FLAG + ": " + e.getMessage());
        }
        return new StoreArtifactFolder(opened.store(), opened.path(), stores::close);
    }
}
