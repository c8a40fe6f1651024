package dev.kiroku.artifacts;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.core.artifacts.ArtifactStoreProvider;
import dev.kiroku.core.artifacts.ArtifactStores;
import dev.kiroku.core.net.LenientUri;
import dev.kiroku.core.net.ProxyUris;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The artifact stores at the locations that the operator has configured: the artifact destination and the default artifact root. No other
 * location is opened, whatever location a client has given an experiment.
 */
public final class ConfiguredArtifactStores implements ArtifactStores, AutoCloseable {
    private static final String PROXIED = "mlflow-artifacts:";
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*", Pattern.DOTALL);

    /** @param base the canonical form of its location */
    private record Root(String base, ArtifactStoreProvider provider, ArtifactStore store) {}

    private final Map<String, ArtifactStoreProvider> providers = new HashMap<>();
    private final List<Root> roots = new ArrayList<>();
    private final @Nullable ArtifactStore proxied;
    /** The canonical form of the location of {@link #proxied}. */
    private final String proxiedBase;
    /** The URL of this server's API for proxied artifacts, if it is the default artifact root. */
    private final Optional<String> ownRoute;

    /**
     * Opens the stores.
     *
     * @param destination the location of artifacts that go through this server; null if it serves none
     * @param defaultRoot where experiments keep their artifacts if they name no location; a URI of {@code mlflow-artifacts:} is the
     *     destination, and so is an HTTP URL of proxied artifacts if {@code destination} is not null; otherwise it is another server's
     * @param settings the environment variables of the process
     * @throws KirokuException INVALID_PARAMETER_VALUE if a location or a setting is not usable
     */
    public ConfiguredArtifactStores(@Nullable String destination, String defaultRoot, Map<String, String> settings) {
        for (ArtifactStoreProvider provider : ServiceLoader.load(ArtifactStoreProvider.class)) {
            provider.schemes().forEach(scheme -> providers.put(scheme, provider));
        }
        this.proxied = destination == null ? null : requireProvider(destination).open(destination, settings);
        this.proxiedBase =
                destination == null ? PROXIED : requireProvider(destination).canonicalize(destination);
        this.ownRoute = proxied == null ? Optional.empty() : ProxyUris.findRoute(defaultRoot);
        if (!isProxied(defaultRoot) && ownRoute.isEmpty()) {
            try {
                ArtifactStoreProvider provider = requireProvider(defaultRoot);
                roots.add(new Root(provider.canonicalize(defaultRoot), provider, provider.open(defaultRoot, settings)));
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }
    }

    private ArtifactStoreProvider requireProvider(String location) {
        ArtifactStoreProvider provider = providers.get(scheme(location));
        if (provider == null) {
            throw invalid(
                    "Artifacts cannot be kept at '%s': supported are folders, file: URIs and s3://bucket/folder",
                    withoutPassword(location));
        }
        return provider;
    }

    @Override
    public ArtifactStore proxied() {
        if (proxied == null) {
            throw new KirokuException(
                    ErrorCode.NOT_IMPLEMENTED,
                    "This server does not serve artifacts: it was started with --no-serve-artifacts. Read and write them where they are.");
        }
        return proxied;
    }

    @Override
    public Location resolve(String uri) {
        if (isProxied(uri)) {
            return new Location(proxied(), proxiedPath(uri));
        }
        if (ownRoute.isPresent() && ownRoute.equals(ProxyUris.findRoute(uri))) {
            return new Location(proxied(), ArtifactPath.of(ProxyUris.pathBelowRoute(uri)));
        }
        ArtifactStoreProvider provider = providers.get(scheme(uri));
        for (Root root : roots) {
            if (root.provider == provider) {
                String location = provider.canonicalize(uri);
                if (location.equals(root.base)) {
                    return new Location(root.store, ArtifactPath.ROOT);
                }
                if (location.startsWith(root.base + "/")) {
                    return new Location(root.store, ArtifactPath.of(location.substring(root.base.length() + 1)));
                }
            }
        }
        throw invalid(
                "The artifacts are at a location that this server does not open, because a client named it and not the server's operator: %s. "
                        + "Read them with a client that can reach that location, or start the server with --default-artifact-root there.",
                withoutPassword(uri));
    }

    @Override
    public String canonicalize(String uri) {
        try {
            if (isProxied(uri)) {
                return canonicalize(proxiedPath(uri));
            }
            if (ownRoute.isPresent() && ownRoute.equals(ProxyUris.findRoute(uri))) {
                return canonicalize(ArtifactPath.of(ProxyUris.pathBelowRoute(uri)));
            }
            ArtifactStoreProvider provider = providers.get(scheme(uri));
            return provider == null ? uri : provider.canonicalize(uri);
        } catch (KirokuException e) {
            return uri; // no artifact can be there
        }
    }

    @Override
    public String canonicalize(ArtifactPath path) {
        return path.isRoot() ? proxiedBase : proxiedBase + "/" + path.value();
    }

    private static boolean isProxied(String location) {
        return location.regionMatches(true, 0, PROXIED, 0, PROXIED.length());
    }

    private static ArtifactPath proxiedPath(String uri) {
        return ArtifactPath.of(LenientUri.parse(uri).decodedPath().replaceAll("^/+|/+$", ""));
    }

    /** Returns the scheme of a location. A single letter is none, but the drive of a path. */
    private static String scheme(String location) {
        Matcher scheme = SCHEME.matcher(location);
        return scheme.matches() ? scheme.group(1).toLowerCase(Locale.ROOT) : ArtifactStoreProvider.FILE_SCHEME;
    }

    private static String withoutPassword(String location) {
        return location.replaceAll("//([^/@:]*):[^/@]*@", "//$1:***@"); // without a colon it is a container or a user
    }

    /** Closes the stores. */
    @Override
    public void close() {
        if (proxied != null) {
            proxied.close();
        }
        roots.forEach(root -> root.store.close());
    }
}
