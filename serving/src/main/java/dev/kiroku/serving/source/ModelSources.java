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
public final class ModelSources {
    private static final Pattern BY_ALIAS = Pattern.compile("models:/+([^/@]+)@([^/@]+)");
    private static final Pattern BY_VERSION = Pattern.compile("models:/+([^/@]+)/([0-9]+)");
    private static final Pattern BY_STAGE = Pattern.compile("models:/+([^/@]+)/([A-Za-z]+)");
    private static final Pattern BY_ID = Pattern.compile("models:/+(m-[0-9a-f]{32})");
    private static final Pattern OF_RUN = Pattern.compile("runs:/+([0-9a-f]{32})/(.+)");

    private final TrackingClient tracking;
    private final ModelCache cache;
    private final Function<String, ArtifactStore> stores;

    /**
     * @param variables say which tracking server there is and who asks; see {@link TrackingClient}
     * @param stores opens an object store by its URI
     */
    public ModelSources(Map<String, String> variables, ModelCache cache, Function<String, ArtifactStore> stores) {
        this.tracking = new TrackingClient(variables);
        this.cache = cache;
        this.stores = stores;
    }

    /** @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE for what is no URI of a model */
    public ModelSource of(String uri) {
        Matcher alias = BY_ALIAS.matcher(uri);
        if (alias.matches()) {
            return registered(
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
            return registered(uri, false, version.group(1), () -> version.group(2));
        }
        Matcher stage = BY_STAGE.matcher(uri);
        if (stage.matches()) {
            return registered(uri, true, stage.group(1), () -> latest(stage.group(1), stage.group(2)));
        }
        Matcher id = BY_ID.matcher(uri);
        if (id.matches()) {
            return remote(uri, false, () -> new ModelSource.Version(id.group(1), uri));
        }
        Matcher run = OF_RUN.matcher(uri);
        if (run.matches()) {
            return remote(uri, false, () -> new ModelSource.Version(uri, ofRun(run.group(1), run.group(2))));
        }
        if (uri.startsWith("models:") || uri.startsWith("runs:")) {
            throw invalid(
                    "'%s' is no URI of a model. Known are models:/name@alias, models:/name/version, models:/name/Stage, models:/m-id and runs:/id/path.",
                    uri);
        }
        Path local = local(uri);
        if (local != null) {
            return new LocalSource(uri, local);
        }
        return uri.startsWith("mlflow-artifacts:")
                ? remote(uri, false, () -> new ModelSource.Version(uri, uri))
                : new RemoteSource(uri, false, () -> new ModelSource.Version(uri, uri), this::fetch);
    }

    private interface Lookup<T> {
        T get() throws IOException;
    }

    private record RemoteSource(String uri, boolean moves, Lookup<Version> lookup, Fetch fetch) implements ModelSource {
        @Override
        public Version current() throws IOException {
            return lookup.get();
        }

        @Override
        public Path fetch(Version version) throws IOException {
            return fetch.fetch(version.location());
        }
    }

    private interface Fetch {
        Path fetch(String location) throws IOException;
    }

    private ModelSource remote(String uri, boolean moves, Lookup<ModelSource.Version> lookup) {
        tracking.require(uri);
        return new RemoteSource(uri, moves, lookup, this::fetch);
    }

    private ModelSource registered(String uri, boolean moves, String name, Lookup<String> version) {
        return remote(uri, moves, () -> {
            String number = version.get();
            String location = tracking.get("mlflow/model-versions/get-download-uri", "name", name, "version", number)
                    .path("artifact_uri")
                    .asString();
            return new ModelSource.Version(name + "/" + number, location);
        });
    }

    private String latest(String name, String stage) throws IOException {
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
    private String ofRun(String run, String path) throws IOException {
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
            Matcher run = OF_RUN.matcher(location);
            if (run.matches()) {
                return fetch(ofRun(run.group(1), run.group(2)));
            }
        }
        if (location.startsWith("mlflow-artifacts:")) {
            String path = URI.create(location.replace(" ", "%20")).getPath().replaceAll("^/+|/+$", "");
            return cache.fetch(location, new RemoteFiles.Served(tracking, path));
        }
        Path local = local(location);
        if (local != null) {
            return new LocalSource(location, local).fetch(null);
        }
        return cache.fetch(location, new RemoteFiles.Stored(stores.apply(location)));
    }

    /** Null for what lies elsewhere. */
    private static Path local(String uri) {
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
