package dev.kiroku.cli.remote;

import dev.kiroku.client.TrackingClient;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.RegistryApi;
import dev.kiroku.model.tracking.LoggedModelApi;
import dev.kiroku.model.tracking.RunApi;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where artifacts are.
 *
 * @param folderUri for {@link ArtifactFolder#open}
 * @param path below that folder; empty, or with a slash at its end, for what is in the folder
 */
public record ArtifactLocation(String folderUri, String path) {
    private static final Pattern RUN = Pattern.compile("runs:/+([^/]+)(?:/+(.*))?", Pattern.DOTALL);
    private static final Pattern LOGGED_MODEL = Pattern.compile("models:/+(m-[0-9A-Za-z]+)(?:/+(.*))?", Pattern.DOTALL);
    private static final Pattern ALIAS = Pattern.compile("models:/+([^/@]+)@([^/]+)(?:/+(.*))?", Pattern.DOTALL);
    private static final Pattern VERSION = Pattern.compile("models:/+([^/@]+)/+(\\d+)(?:/+(.*))?", Pattern.DOTALL);
    private static final Pattern PROXIED = Pattern.compile("(mlflow-artifacts:/+)([^/].*)?", Pattern.DOTALL);

    /** Returns the location of a run's artifacts. */
    public static ArtifactLocation ofRun(String runId, String path, TrackingClient server) {
        String root = server.call(RunApi.GET_BY_ID, new RunApi.RunIdRequest(runId))
                .run()
                .info()
                .artifactUri();
        return new ArtifactLocation(root, path);
    }

    /**
     * Returns the location that a URI names. A slash at its end stands for what is in the folder.
     *
     * @param uri {@code runs:/ID/path}, {@code models:/name/version}, {@code models:/name@alias}, {@code models:/m-…},
     *     {@code mlflow-artifacts:/path} or the location of a store
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if the URI has none of these forms
     */
    public static ArtifactLocation of(String uri, TrackingClient server) {
        Matcher run = RUN.matcher(uri);
        if (run.matches()) {
            return ofRun(run.group(1), below(run, 2), server);
        }
        Matcher logged = LOGGED_MODEL.matcher(uri);
        if (logged.matches()) {
            var model = server.call(
                            LoggedModelApi.GET_BY_ID, new LoggedModelApi.GetLoggedModelRequest(logged.group(1), null))
                    .model();
            return new ArtifactLocation(model.info().artifactUri(), below(logged, 2));
        }
        Matcher alias = ALIAS.matcher(uri);
        if (alias.matches()) {
            var version = server.call(
                            RegistryApi.GET_MODEL_VERSION_BY_ALIAS,
                            new RegistryApi.GetModelVersionByAliasRequest(alias.group(1), alias.group(2)))
                    .modelVersion();
            return ofVersion(version.name(), version.version(), below(alias, 3), server);
        }
        Matcher version = VERSION.matcher(uri);
        if (version.matches()) {
            return ofVersion(version.group(1), version.group(2), below(version, 3), server);
        }
        if (uri.startsWith("runs:") || uri.startsWith("models:")) {
            throw KirokuException.invalid(
                    "'%s' has none of the forms runs:/RUN_ID/path, models:/NAME/VERSION, models:/NAME@ALIAS and models:/m-….",
                    uri);
        }
        Matcher proxied = PROXIED.matcher(uri);
        if (proxied.matches()) {
            return new ArtifactLocation("mlflow-artifacts:/", below(proxied, 2));
        }
        int slash = uri.lastIndexOf('/');
        boolean inFolder = slash > 0 && slash < uri.length() - 1 && uri.charAt(slash - 1) != '/';
        return inFolder
                ? new ArtifactLocation(uri.substring(0, slash), uri.substring(slash + 1))
                : new ArtifactLocation(uri, "");
    }

    private static ArtifactLocation ofVersion(String name, String version, String path, TrackingClient server) {
        String uri = server.call(RegistryApi.GET_DOWNLOAD_URI, new RegistryApi.ModelVersionKeyRequest(name, version))
                .artifactUri();
        // The version of a logged model has the model's URI.
        return path.isEmpty() && uri.startsWith("models:") && !uri.startsWith("models:/" + name + "/")
                ? of(uri, server)
                : new ArtifactLocation(uri, path);
    }

    private static String below(Matcher uri, int group) {
        return uri.group(group) == null ? "" : uri.group(group);
    }
}
