package dev.kiroku.serving.source;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.model.artifacts.ArtifactApi;
import dev.kiroku.model.artifacts.FileInfo;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegistryApi;
import dev.kiroku.model.tracking.LoggedModel;
import dev.kiroku.model.tracking.LoggedModelApi;
import dev.kiroku.model.tracking.RunApi;
import dev.kiroku.model.tracking.RunInfo;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses model URIs, in the forms that MLflow accepts, into sources. Thread-safe. */
public final class ModelSourceFactory {
    private static final Pattern BY_ALIAS = Pattern.compile("models:/+([^/@]+)@([^/@]+)");
    private static final Pattern BY_VERSION = Pattern.compile("models:/+([^/@]+)/([0-9]+)");
    private static final Pattern BY_STAGE = Pattern.compile("models:/+([^/@]+)/([A-Za-z]+)");
    private static final Pattern BY_ID = Pattern.compile("models:/+(m-[0-9a-f]{32})");
    private static final Pattern BY_RUN = Pattern.compile("runs:/+([0-9a-f]{32})/(.+)");

    private final TrackingServer tracking;
    private final ModelCache cache;
    private final Function<String, ArtifactStore> stores;

    /**
     * Creates a factory.
     *
     * @param variables the address of the tracking server and the credentials; see {@link dev.kiroku.client.ClientSettings}
     * @param stores opens the object store of a URI
     */
    public ModelSourceFactory(Map<String, String> variables, ModelCache cache, Function<String, ArtifactStore> stores) {
        this.tracking = new TrackingServer(variables);
        this.cache = cache;
        this.stores = stores;
    }

    /**
     * Parses a URI. The tracking server is not contacted yet.
     *
     * @throws dev.kiroku.model.KirokuException with {@code INVALID_PARAMETER_VALUE} if it is not the URI of a model, or requires a tracking
     *     server and none is configured
     */
    public ModelSource create(String uri) {
        Matcher alias = BY_ALIAS.matcher(uri);
        if (alias.matches()) {
            return registeredModelSource(
                    uri,
                    true,
                    alias.group(1),
                    () -> tracking.call(
                                    RegistryApi.GET_MODEL_VERSION_BY_ALIAS,
                                    new RegistryApi.GetModelVersionByAliasRequest(alias.group(1), alias.group(2)))
                            .modelVersion()
                            .version());
        }
        Matcher version = BY_VERSION.matcher(uri);
        if (version.matches()) {
            return registeredModelSource(uri, false, version.group(1), () -> version.group(2));
        }
        Matcher stage = BY_STAGE.matcher(uri);
        if (stage.matches()) {
            return registeredModelSource(
                    uri, true, stage.group(1), () -> requireLatestVersion(stage.group(1), stage.group(2)));
        }
        Matcher id = BY_ID.matcher(uri);
        if (id.matches()) {
            return trackingSource(uri, false, () -> new ModelSource.ResolvedVersion(id.group(1), uri));
        }
        Matcher run = BY_RUN.matcher(uri);
        if (run.matches()) {
            return trackingSource(
                    uri,
                    false,
                    () -> new ModelSource.ResolvedVersion(uri, requireRunModel(run.group(1), run.group(2))));
        }
        if (uri.startsWith("models:") || uri.startsWith("runs:")) {
            throw invalid(
                    "'%s' is not the URI of a model. Valid forms are models:/name@alias, models:/name/version, models:/name/Stage, models:/m-id and runs:/id/path.",
                    uri);
        }
        Optional<Path> local = localPath(uri);
        if (local.isPresent()) {
            return new LocalModelSource(uri, local.get());
        }
        return uri.startsWith("mlflow-artifacts:")
                ? trackingSource(uri, false, () -> new ModelSource.ResolvedVersion(uri, uri))
                : new RemoteModelSource(uri, false, () -> new ModelSource.ResolvedVersion(uri, uri), this::fetch);
    }

    private interface RemoteLookup<T> {
        T get() throws IOException;
    }

    private record RemoteModelSource(String uri, boolean canChange, RemoteLookup<ResolvedVersion> lookup, Fetcher fetch)
            implements ModelSource {
        @Override
        public ResolvedVersion resolve() throws IOException {
            return lookup.get();
        }

        @Override
        public Path fetch(ResolvedVersion version) throws IOException {
            return LocalModelSource.requireModel(fetch.fetch(version.location()));
        }
    }

    private interface Fetcher {
        Path fetch(String location) throws IOException;
    }

    private ModelSource trackingSource(
            String uri, boolean canChange, RemoteLookup<ModelSource.ResolvedVersion> lookup) {
        tracking.requireServer(uri);
        return new RemoteModelSource(uri, canChange, lookup, this::fetch);
    }

    private ModelSource registeredModelSource(
            String uri, boolean canChange, String name, RemoteLookup<String> version) {
        return trackingSource(uri, canChange, () -> {
            String number = version.get();
            String location = tracking.call(
                            RegistryApi.GET_DOWNLOAD_URI, new RegistryApi.ModelVersionKeyRequest(name, number))
                    .artifactUri();
            return new ModelSource.ResolvedVersion(name + "/" + number, location);
        });
    }

    private String requireLatestVersion(String name, String stage) throws IOException {
        boolean any = stage.equalsIgnoreCase("latest");
        List<ModelVersion> versions = tracking.call(
                        RegistryApi.GET_LATEST_VERSIONS,
                        new RegistryApi.GetLatestVersionsRequest(name, any ? List.of() : List.of(stage)))
                .modelVersions();
        long newest = versions.stream()
                .mapToLong(version -> Long.parseLong(version.version()))
                .max()
                .orElse(0);
        if (newest == 0) {
            throw new IOException("the model " + name + " has no version" + (any ? "" : " in the stage " + stage));
        }
        return Long.toString(newest);
    }

    /** Returns the URI of a run's model. MLflow 2 logs models as artifacts of the run, MLflow 3 as logged models. */
    private String requireRunModel(String run, String path) throws IOException {
        RunInfo info = tracking.call(RunApi.GET_BY_ID, new RunApi.RunIdRequest(run))
                .run()
                .info();
        List<FileInfo> files = tracking.call(ArtifactApi.LIST, new ArtifactApi.ListArtifactsRequest(run, path, null))
                .files();
        if (files.stream().anyMatch(file -> file.path().endsWith("/MLmodel"))) {
            return info.artifactUri() + "/" + path;
        }
        List<LoggedModel> models = tracking.call(
                        LoggedModelApi.SEARCH,
                        new LoggedModelApi.SearchLoggedModelsRequest(
                                List.of(info.experimentId()),
                                "source_run_id = '" + run + "'",
                                List.of(),
                                null,
                                List.of(),
                                null))
                .models();
        for (LoggedModel model : models) {
            if (path.equals(model.info().name())) {
                return model.info().artifactUri();
            }
        }
        throw new IOException("the run " + run + " has no model '" + path + "'");
    }

    private Path fetch(String location) throws IOException {
        Matcher id = BY_ID.matcher(location);
        if (id.matches()) {
            return fetch(
                    tracking.call(LoggedModelApi.GET_BY_ID, new LoggedModelApi.GetLoggedModelRequest(id.group(1), null))
                            .model()
                            .info()
                            .artifactUri());
        }
        if (location.startsWith("runs:")) {
            Matcher run = BY_RUN.matcher(location);
            if (run.matches()) {
                return fetch(requireRunModel(run.group(1), run.group(2)));
            }
        }
        if (location.startsWith("mlflow-artifacts:")) {
            String path = stripSlashes(decodedPath(location));
            return cache.fetch(location, new RemoteFiles.TrackingServerFiles(tracking, path));
        }
        Optional<Path> local = localPath(location);
        if (local.isPresent()) {
            return LocalModelSource.requireModel(local.get());
        }
        return cache.fetch(location, new RemoteFiles.ArtifactStoreFiles(stores.apply(location)));
    }

    private static String stripSlashes(String path) {
        int from = 0;
        int to = path.length();
        while (from < to && path.charAt(from) == '/') {
            from++;
        }
        while (to > from && path.charAt(to - 1) == '/') {
            to--;
        }
        return path.substring(from, to);
    }

    /** Returns the directory of a path or {@code file:} URI; empty for other URIs. */
    private static Optional<Path> localPath(String uri) {
        try {
            if (uri.startsWith("file:")) {
                return Optional.of(Path.of(decodedPath(uri)));
            }
            if (uri.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")) {
                return Optional.empty();
            }
            Path path = Path.of(uri).toAbsolutePath().normalize();
            if (!Files.isDirectory(path)) {
                throw invalid("There is no directory %s.", uri);
            }
            return Optional.of(path);
        } catch (InvalidPathException e) {
            throw invalid("'%s' is not the URI of a model.", uri);
        }
    }

    /** Returns the path of a URI, without percent-encoding. Blanks and brackets need not be encoded, as in MLflow. */
    private static String decodedPath(String uri) {
        String path = uri.substring(uri.indexOf(':') + 1);
        if (path.startsWith("//")) {
            int slash = path.indexOf('/', 2);
            path = slash < 0 ? "" : path.substring(slash);
        }
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) { // a percent sign that encodes nothing
            return path;
        }
    }
}
