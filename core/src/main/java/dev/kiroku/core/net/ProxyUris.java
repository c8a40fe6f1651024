package dev.kiroku.core.net;

import java.util.Locale;
import java.util.Optional;

/**
 * HTTP URLs of proxied artifacts: {@code http(s)://HOST/api/2.0/mlflow-artifacts/artifacts} and paths below it. MLflow accepts such a URL as the
 * default artifact root of a tracking server.
 */
public final class ProxyUris {
    private static final String ROUTE = "/api/2.0/mlflow-artifacts/artifacts";

    private ProxyUris() {}

    /** Returns the URL of the route that a location is below, without a slash at its end; empty if it is no such URL or contains a user name. */
    public static Optional<String> findRoute(String location) {
        LenientUri uri = LenientUri.parse(location);
        int route = uri.path().indexOf(ROUTE);
        int end = route + ROUTE.length();
        boolean complete =
                route >= 0 && (end == uri.path().length() || uri.path().charAt(end) == '/');
        boolean http = uri.scheme().equals("http") || uri.scheme().equals("https");
        String authority = uri.authority();
        if (!complete || !http || authority == null || authority.isEmpty() || uri.userInfo() != null) {
            return Optional.empty();
        }
        return Optional.of(uri.scheme() + "://" + authority.toLowerCase(Locale.ROOT)
                + uri.path().substring(0, end));
    }

    /** Returns the decoded path of a location below its route, without slashes at its ends. */
    public static String pathBelowRoute(String location) {
        String path = LenientUri.parse(location).path();
        String below = path.substring(path.indexOf(ROUTE) + ROUTE.length());
        return LenientUri.decode(below).replaceAll("^/+|/+$", "");
    }
}
