package dev.kiroku.cli.remote;

import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.yaml.YamlReader;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.artifacts.ArtifactApi;
import dev.kiroku.model.artifacts.FileInfo;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegistryApi;
import dev.kiroku.model.tracking.LoggedModelApi;
import dev.kiroku.model.tracking.RunApi;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** Compares two versions of a model by everything that a server stores about them. */
public final class VersionComparison {
    /** Tags with this prefix describe how a run was created and are not compared. */
    private static final String SYSTEM_TAG = "mlflow.";

    private final TrackingClient server;

    /** Creates a comparison of versions on a server. */
    public VersionComparison(TrackingClient server) {
        this.server = server;
    }

    /** A difference. @param change how much greater the second number is; null if the values are not numbers */
    public record Difference(String what, String first, String second, String change) {}

    /** The differences between two versions of a model. */
    public record Diff(String name, String version, String other, List<Difference> differences) {}

    /** Returns the differences between two versions of a model. */
    public Diff of(String name, String version, String other) {
        Map<String, String> first = describe(name, version);
        Map<String, String> second = describe(name, other);
        List<Difference> differences = new ArrayList<>();
        var keys = new TreeSet<>(first.keySet());
        keys.addAll(second.keySet());
        for (String key : keys) {
            String a = first.get(key);
            String b = second.get(key);
            if (!Objects.equals(a, b)) {
                differences.add(new Difference(key, a, b, key.startsWith("metrics.") ? change(a, b) : null));
            }
        }
        return new Diff(name, version, other, differences);
    }

    private static String change(String a, String b) {
        if (a == null || b == null) {
            return null;
        }
        return String.format(java.util.Locale.ROOT, "%+.6g", Double.parseDouble(b) - Double.parseDouble(a));
    }

    private Map<String, String> describe(String name, String number) {
        ModelVersion version = server.call(
                        RegistryApi.GET_MODEL_VERSION, new RegistryApi.ModelVersionKeyRequest(name, number))
                .modelVersion();
        Map<String, String> all = new TreeMap<>();
        all.put("description", version.description());
        all.put("stage", version.currentStage());
        version.tags().forEach(tag -> all.put("version.tags." + tag.key(), tag.value()));
        if (version.runId() != null && !version.runId().isEmpty()) {
            ofRun(version.runId(), all);
        }
        ofFile(name, number, all);
        ofArtifacts(version, all);
        return all;
    }

    private void ofRun(String runId, Map<String, String> all) {
        all.put("run", runId);
        try {
            var data = server.call(RunApi.GET_BY_ID, new RunApi.RunIdRequest(runId))
                    .run()
                    .data();
            data.metrics().forEach(metric -> all.put("metrics." + metric.key(), Double.toString(metric.value())));
            data.params().forEach(param -> all.put("params." + param.key(), param.value()));
            data.tags().stream()
                    .filter(tag -> !tag.key().startsWith(SYSTEM_TAG))
                    .forEach(tag -> all.put("tags." + tag.key(), tag.value()));
        } catch (KirokuException e) {
            ignoreIfMissing(e);
        }
    }

    private void ofFile(String name, String number, Map<String, String> all) {
        try {
            byte[] file = server.get(
                    "/model-versions/get-artifact", Map.of("name", name, "version", number, "path", "MLmodel"));
            Object content;
            try {
                content = YamlReader.parse("The MLmodel file", new String(file, StandardCharsets.UTF_8));
            } catch (KirokuException e) {
                all.put("flavors", e.getMessage());
                return;
            }
            if (content instanceof Map<?, ?> fields) {
                if (fields.get("signature") instanceof Map<?, ?> signature) {
                    signature.forEach(
                            (part, schema) -> all.put("signature." + part, schema == null ? null : schema.toString()));
                }
                if (fields.get("flavors") instanceof Map<?, ?> flavors) {
                    all.put(
                            "flavors",
                            String.join(
                                    ", ",
                                    flavors.keySet().stream()
                                            .map(String::valueOf)
                                            .sorted()
                                            .toList()));
                }
                if (fields.get("mlflow_version") != null) {
                    all.put("mlflow_version", fields.get("mlflow_version").toString());
                }
            }
        } catch (KirokuException e) {
            ignoreIfMissing(e);
        }
    }

    /** Adds the files of the logged model or of the run's folder from which the version was registered. */
    private void ofArtifacts(ModelVersion version, Map<String, String> all) {
        try {
            if (version.source().matches("models:/m-[0-9a-zA-Z]+")) {
                String id = version.source().substring("models:/".length());
                put(
                        server.call(
                                        LoggedModelApi.LIST_ARTIFACTS,
                                        new LoggedModelApi.ListLoggedModelArtifactsRequest(id, null, null))
                                .files(),
                        "",
                        all);
            } else if (version.runId() != null && !version.runId().isEmpty()) {
                String root = server.call(RunApi.GET_BY_ID, new RunApi.RunIdRequest(version.runId()))
                        .run()
                        .info()
                        .artifactUri();
                if (version.source().startsWith(root + "/")) {
                    String folder = version.source().substring(root.length() + 1);
                    put(
                            server.call(
                                            ArtifactApi.LIST,
                                            new ArtifactApi.ListArtifactsRequest(version.runId(), folder, null))
                                    .files(),
                            folder + "/",
                            all);
                }
            }
        } catch (KirokuException e) {
            ignoreIfMissing(e);
        }
    }

    private static void put(List<FileInfo> files, String prefix, Map<String, String> all) {
        for (FileInfo file : files) {
            String path = file.path().startsWith(prefix) ? file.path().substring(prefix.length()) : file.path();
            all.put("artifacts." + path, Boolean.TRUE.equals(file.isDir()) ? "folder" : file.fileSize() + " bytes");
        }
    }

    /** Ignores errors about runs or files that are deleted or not accessible to the server: these are not compared. */
    private static void ignoreIfMissing(KirokuException e) {
        if (e.code() == ErrorCode.UNAUTHENTICATED
                || e.code() == ErrorCode.PERMISSION_DENIED
                || e.code() == ErrorCode.TEMPORARILY_UNAVAILABLE) {
            throw e;
        }
    }
}
