package dev.kiroku.artifacts.http;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.core.artifacts.ArtifactStoreProvider;
import dev.kiroku.core.net.ProxyUris;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Set;

/** Opens the proxied artifacts of another server: {@code http(s)://HOST/api/2.0/mlflow-artifacts/artifacts/folder}. */
public final class HttpArtifactStoreProvider implements ArtifactStoreProvider {
    private static final int MAX_PORT = 65_535;

    @Override
    public Set<String> schemes() {
        return Set.of("http", "https");
    }

    @Override
    public ArtifactStore open(String location, Map<String, String> settings) {
        String route = ProxyUris.findRoute(location)
                .orElseThrow(() -> invalid(
                        "'%s' is not the address of proxied artifacts; one looks like https://host/api/2.0/mlflow-artifacts/artifacts",
                        location));
        URI uri;
        try {
            uri = new URI(route);
        } catch (URISyntaxException e) {
            throw invalid("'%s' is not a URL: %s", location, e.getReason());
        }
        if (uri.getHost() == null || uri.getPort() > MAX_PORT) {
            throw invalid("'%s' is not a URL: its host or its port is not valid", location);
        }
        return new HttpArtifactStore(uri, ArtifactPath.of(ProxyUris.pathBelowRoute(location)), settings);
    }

    @Override
    public String canonicalize(String location) {
        return ProxyUris.findRoute(location)
                .map(route -> {
                    String path = ProxyUris.pathBelowRoute(location);
                    return path.isEmpty() ? route : route + "/" + path;
                })
                .orElse(location);
    }
}
