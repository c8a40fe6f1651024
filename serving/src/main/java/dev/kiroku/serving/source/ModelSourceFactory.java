package dev.kiroku.serving.source;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactStore;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Understands the URIs of models, in every form that MLflow knows. */
public final class ModelSourceFactory {
    private static final Pattern BY_ALIAS = Pattern.compile("models:/+([^/@]+)@([^/@]+)");
    private static final Pattern BY_VERSION = Pattern.compile("models:/+([^/@]+)/([0-9]+)");
    private static final Pattern BY_STAGE = Pattern.compile("models:/+([^/@]+)/([A-Za-z]+)");
    private static final Pattern BY_ID = Pattern.compile("models:/+(m-[0-9a-f]{32})");
    private static final Pattern BY_RUN = Pattern.compile("runs:/+([0-9a-f]{32})/(.+)");

    private final TrackingClient tracking;
    private final ModelCache cache;
    private final Function<String, ArtifactStore> stores;

    /**
     * @param variables say which tracking server there is and who asks; see {@link TrackingClient}
     * @param stores opens an object store by its URI
     */
    public ModelSourceFactory(Map<String, String> variables, ModelCache cache, Function<String, ArtifactStore> stores) {
        this.tracking = new TrackingClient(variables);
        this.cache = cache;
        this.stores = stores;
    }

    /** @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE for what is no URI of a model */
    public ModelSource create(String uri) {
        Matcher alias = BY_ALIAS.matcher(uri);
        if (alias.matches()) {
            return registeredModelSource(
                    uri,
                    true,
                    alias.group(1),
                    () -> tracking.get(
                                    "mlflow/registered-models/alias", "name", alias.group(1), "alias", alias.group(2))
                            .path("model_version")
                            .path("version")
                            .asString());
        }
        Matcher version = BY_VERSION.matcher(uri);
        if (version.matches()) {
            return registeredModelSource(uri, false, version.group(1), () -> version.group(2));
        }
        Matcher stage = BY_STAGE.matcher(uri);
        if (stage.matches()) {
            return registeredModelSource(
                    uri, true, stage.group(1), () -> findLatestVersion(stage.group(1), stage.group(2)));
        }
        Matcher id = BY_ID.matcher(uri);
        if (id.matches()) {
            return trackingSource(uri, false, () -> new ModelSource.ResolvedVersion(id.group(1), uri));
        }
        Matcher run = BY_RUN.matcher(uri);
        if (run.matches()) {
            return trackingSource(
                    uri, false, () -> new ModelSource.ResolvedVersion(uri, findRunModel(run.group(1), run.group(2))));
        }
        if (uri.startsWith("models:") || uri.startsWith("runs:")) {
            throw invalid(
                    "'%s' is no URI of a model. Known are models:/name@alias, models:/name/version, models:/name/Stage, models:/m-id and runs:/id/path.",
                    uri);
        }
        Path local = localPath(uri);
        if (local != null) {
            return new LocalModelSource(uri, local);
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
            return fetch.fetch(version.location());
        }
    }

    private interface Fetcher {
        Path fetch(String location) throws IOException;
    }

    private ModelSource trackingSource(String uri, boolean moves, RemoteLookup<ModelSource.ResolvedVersion> lookup) {
        tracking.requireServer(uri);
        return new RemoteModelSource(uri, moves, lookup, this::fetch);
    }

    private ModelSource registeredModelSource(String uri, boolean moves, String name, RemoteLookup<String> version) {
        return trackingSource(uri, moves, () -> {
            String number = version.get();
            String location = tracking.get("mlflow/model-versions/get-download-uri", "name", name, "version", number)
                    .path("artifact_uri")
                    .asString();
            return new ModelSource.ResolvedVersion(name + "/" + number, location);
        });
    }

    private String findLatestVersion(String name, String stage) throws IOException {
        boolean any = stage.equalsIgnoreCase("latest");
        JsonNode versions = tracking.post(
                        "mlflow/registered-models/get-latest-versions",
                        any ? Map.of("name", name) : Map.of("name", name, "stages", List.of(stage)))
                .path("model_versions");
        long newest = 0;
        for (JsonNode version : versions) {
            newest = Math.max(newest, Long.parseLong(version.path("version").asString()));
        }
        if (newest == 0) {
            throw new IOException("the model " + name + " has no version" + (any ? "" : " in the stage " + stage));
        }
        return Long.toString(newest);
    }

    /** Clients since MLflow 3 keep a run's models apart from its other artifacts, older ones among them. */
    private String findRunModel(String run, String path) throws IOException {
        JsonNode info =
                tracking.get("mlflow/runs/get", "run_id", run).path("run").path("info");
        for (JsonNode file : tracking.get("mlflow/artifacts/list", "run_id", run, "path", path)
                .path("files")) {
            if (file.path("path").asString().endsWith("/MLmodel")) {
                return info.path("artifact_uri").asString() + "/" + path;
            }
        }
        JsonNode models = tracking.post(
                        "mlflow/logged-models/search",
                        Map.of(
                                "experiment_ids",
                                List.of(info.path("experiment_id").asString()),
                                "filter",
                                "source_run_id = '" + run + "'"))
                .path("models");
        for (JsonNode model : models) {
            if (model.path("info").path("name").asString().equals(path)) {
                return model.path("info").path("artifact_uri").asString();
            }
        }
        throw new IOException("the run " + run + " has no model '" + path + "'");
    }

    private Path fetch(String location) throws IOException {
        Matcher id = BY_ID.matcher(location);
        if (id.matches()) {
            return fetch(tracking.get("mlflow/logged-models/" + id.group(1))
                    .path("model")
                    .path("info")
                    .path("artifact_uri")
                    .asString());
        }
        if (location.startsWith("runs:")) {
            Matcher run = BY_RUN.matcher(location);
            if (run.matches()) {
                return fetch(findRunModel(run.group(1), run.group(2)));
            }
        }
        if (location.startsWith("mlflow-artifacts:")) {
            String path = URI.create(location.replace(" ", "%20")).getPath().replaceAll("^/+|/+$", "");
            return cache.fetch(location, new RemoteFiles.TrackingServerFiles(tracking, path));
        }
        Path local = localPath(location);
        if (local != null) {
            return LocalModelSource.requireModel(local);
        }
        return cache.fetch(location, new RemoteFiles.ArtifactStoreFiles(stores.apply(location)));
    }

    /** Null for what lies elsewhere. */
    private static Path localPath(String uri) {
        try {
            if (uri.startsWith("file:")) {
                return Path.of(new URI(uri).getPath());
            }
            if (uri.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")) {
                return null;
            }
            Path path = Path.of(uri).toAbsolutePath().normalize();
            if (!Files.isDirectory(path)) {
                throw invalid("There is no folder %s.", uri);
            }
            return path;
        } catch (URISyntaxException | java.nio.file.InvalidPathException e) {
            throw invalid("'%s' is no URI of a model.", uri);
        }
    }
}
