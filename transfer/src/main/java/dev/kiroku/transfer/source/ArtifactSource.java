package dev.kiroku.transfer.source;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.net.LenientUri;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the artifacts of a source by the URIs that its records have. Only places that belong to the source, or that the user has named, are
 * read: a record of somebody else must not make an import copy other files that its user can read. Thread-safe.
 */
public final class ArtifactSource implements AutoCloseable {
    private final List<ArtifactRoot> roots;
    private final boolean complete;

    /** @param roots the places; the first one that has a URI counts; they are closed with this object */
    public ArtifactSource(List<ArtifactRoot> roots) {
        this(roots, false);
    }

    /** @param complete whether there are no artifacts at other places */
    public ArtifactSource(List<ArtifactRoot> roots, boolean complete) {
        this.roots = List.copyOf(roots);
        this.complete = complete;
    }

    private record Location(ArtifactFolder folder, ArtifactPath path) {}

    private Optional<Location> find(String uri) {
        String canonical = canonicalize(uri);
        for (ArtifactRoot root : roots) {
            String base = canonicalize(root.uri());
            if (canonical.equals(base)) {
                return Optional.of(new Location(root.folder(), ArtifactPath.ROOT));
            }
            String prefix = base.endsWith("/") ? base : base + "/";
            if (canonical.startsWith(prefix)) {
                return Optional.of(new Location(root.folder(), ArtifactPath.of(canonical.substring(prefix.length()))));
            }
        }
        return Optional.empty();
    }

    /**
     * Returns whether artifacts with a URI may be read, or are known not to exist.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if the URI has a path that artifacts cannot have, such as one with {@code ..}
     */
    public boolean covers(String uri) {
        return find(uri).isPresent() || complete;
    }

    private Location require(String uri) {
        return find(uri)
                .orElseThrow(() -> invalid(
                        "Artifacts at %s are not read, because only a record of the source names this place. Name it with --artifacts-from if its content may be copied.",
                        withoutPassword(uri)));
    }

    /**
     * Passes the files at a URI and below it, with paths relative to it.
     *
     * @param uri the artifact location of a run, logged model or model version
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if they may not be read
     */
    public void list(String uri, ArtifactFolder.Visitor visitor) throws IOException {
        if (complete && find(uri).isEmpty()) {
            return;
        }
        Location location = require(uri);
        int prefix = location.path.isRoot() ? 0 : location.path.value().length() + 1;
        location.folder.list(location.path, new ArtifactFolder.Visitor() {
            @Override
            public void visit(ArtifactFolder.ArtifactFile file) throws IOException {
                String path = file.path().value().substring(prefix);
                visitor.visit(new ArtifactFolder.ArtifactFile(new ArtifactPath(path), file.size()));
            }

            @Override
            public void leaveOut(String name, String reason) {
                visitor.leaveOut(name, reason);
            }
        });
    }

    /**
     * Opens a file below a URI; the caller closes the stream.
     *
     * @throws dev.kiroku.model.KirokuException RESOURCE_DOES_NOT_EXIST if there is none, INVALID_PARAMETER_VALUE if it may not be read
     */
    public InputStream open(String uri, ArtifactPath file) throws IOException {
        Location location = require(uri);
        return location.folder.open(location.path.resolve(file));
    }

    /** Returns one form for all texts that name the same place, without a slash at its end. */
    private static String canonicalize(String text) {
        LenientUri uri = LenientUri.parse(text);
        if (uri.scheme().equals("mlflow-artifacts")) {
            // The server that the URI may name is the old one.
            return ArtifactRoot.PROXIED + uri.decodedPath().replaceAll("^/+|/+$", "");
        }
        Optional<Path> local = findPath(text);
        return local.isPresent() ? local.get().toString() : text.replaceFirst("/+$", "");
    }

    /** Returns the path that a {@code file:} URI or a plain path names; empty for other URIs and for folders of other machines. */
    public static Optional<Path> findPath(String text) {
        LenientUri uri = LenientUri.parse(text);
        boolean here = uri.host().isEmpty() || uri.host().equals("localhost");
        boolean plain = uri.scheme().isEmpty() && !text.isEmpty();
        try {
            return plain || uri.scheme().equals("file") && here
                    ? Optional.of(Path.of(plain ? text : uri.decodedPath())
                            .toAbsolutePath()
                            .normalize())
                    : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Returns a URI for a message. */
    static String withoutPassword(String uri) {
        return uri.replaceAll("//([^/@:]*):[^/@]*@", "//$1:***@");
    }

    @Override
    public void close() {
        List<RuntimeException> failures = new ArrayList<>();
        for (ArtifactRoot root : roots) {
            try {
                root.folder().close();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }
}
