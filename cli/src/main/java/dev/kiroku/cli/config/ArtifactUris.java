package dev.kiroku.cli.config;

import dev.kiroku.core.artifacts.ArtifactStoreProvider;
import dev.kiroku.core.net.LenientUri;
import dev.kiroku.core.net.ProxyUris;
import dev.kiroku.model.KirokuException;
import java.util.Arrays;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Validates the syntax of artifact locations in the configuration. Whether a location is reachable shows when it is opened. */
final class ArtifactUris {
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*");

    /** Sources with these schemes must be within the artifacts of a run or logged model, or are refused. */
    private static final Set<String> UNTRUSTED_SCHEMES =
            Set.of("", "file", "mlflow-artifacts", "http", "https", "runs", "models");

    private ArtifactUris() {}

    /** Returns {@code text}; throws {@link KirokuException} if no artifact store has its scheme. */
    static String check(String text) {
        Matcher uri = SCHEME.matcher(text);
        if (!uri.matches()) {
            return text;
        }
        return switch (uri.group(1).toLowerCase(Locale.ROOT)) {
            case "s3" -> {
                if (!text.matches("(?i)s3://[a-z0-9][a-z0-9.-]*[a-z0-9](/.*)?")) {
                    throw KirokuException.invalid("must name a bucket, as in s3://bucket/folder");
                }
                yield text;
            }
            case "file", "mlflow-artifacts" -> text;
            case "http", "https" -> {
                if (ProxyUris.findRoute(text).isEmpty()) {
                    throw KirokuException.invalid(
                            "must be the address of proxied artifacts without a user name, as in https://host/api/2.0/mlflow-artifacts/artifacts");
                }
                yield text;
            }
            default -> {
                if (!hasProvider(uri.group(1).toLowerCase(Locale.ROOT))) {
                    throw KirokuException.invalid(
                            "has the scheme '" + uri.group(1)
                                    + "', which Kiroku has no artifact store for; supported are a folder, s3://bucket/folder and mlflow-artifacts:/");
                }
                yield text;
            }
        };
    }

    /**
     * Returns a location, with its scheme in lower case, as the sources of model versions are recorded; throws {@link KirokuException} unless it is a
     * URI with a folder or a bucket, of a scheme whose sources need not be of a run.
     */
    static String checkTrustedRoot(String text) {
        LenientUri uri = LenientUri.parse(text);
        if (uri.authority() == null || uri.authority().isEmpty() || UNTRUSTED_SCHEMES.contains(uri.scheme())) {
            throw KirokuException.invalid(
                    "must be URIs of buckets or folders in other stores, such as s3://bucket/folder; folders of this machine and artifacts"
                            + " of this server always belong to a run or a logged model");
        }
        if (Arrays.asList(uri.decodedPath().split("/")).contains("..")) {
            throw KirokuException.invalid("must not have '..' in a path");
        }
        return uri.scheme() + text.substring(uri.scheme().length());
    }

    private static boolean hasProvider(String scheme) {
        return ServiceLoader.load(ArtifactStoreProvider.class).stream()
                .anyMatch(provider -> provider.get().schemes().contains(scheme));
    }
}
