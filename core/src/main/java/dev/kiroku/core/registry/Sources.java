package dev.kiroku.core.registry;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.tracking.LoggedModelStore;
import dev.kiroku.core.tracking.RunStore;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model version may be made from. Whoever can read a version can read the artifacts it points at, so that a source on the server's
 * own side must belong to the run or the logged model that the request names; other servers' places are their own to guard.
 */
final class Sources {
    private static final Pattern BY_ID = Pattern.compile("models:/(m-[0-9a-zA-Z]+)");
    private static final Pattern BY_VERSION = Pattern.compile("models:/([^/@]+)/(\\d+)");

    /** @param location where the artifacts are; @param runId the run they came from, or null */
    record Resolved(String location, String runId) {}

    private final RegistryStore store;
    private final RunStore runs;
    private final LoggedModelStore models;

    Sources(RegistryStore store, RunStore runs, LoggedModelStore models) {
        this.store = store;
        this.runs = runs;
        this.models = models;
    }

    Resolved resolve(String source, String runId, String modelId) {
        String run = runId != null || modelId == null ? runId : models.get(modelId, false).info().sourceRunId();
        if (source.startsWith("models:")) {
            return ofModel(source, run);
        }
        if (source.startsWith("runs:")) {
            throw invalid("Invalid model version source: '%s'. Give the artifact location that the run URI stands for.", source);
        }
        if (hasDots(source)) {
            throw invalid("Invalid model version source: '%s'. It must not have '..' in its path.", source);
        }
        boolean onThisSide = source.startsWith("mlflow-artifacts:") || source.startsWith("file:") || !source.matches("[A-Za-z][A-Za-z0-9+.-]+:.*");
        if (onThisSide && !isWithin(source, runId == null ? null : runs.get(runId).info().artifactUri())
                && !isWithin(source, modelId == null ? null : models.get(modelId, false).info().artifactUri())) {
            throw invalid(
                    "Invalid model version source: '%s'. A source of this kind must lie within the artifacts of the run (run_id) or the logged model "
                            + "(model_id) that the request names.",
                    source);
        }
        return new Resolved(source, run);
    }

    private Resolved ofModel(String source, String runId) {
        Matcher byId = BY_ID.matcher(source);
        if (byId.matches()) {
            var model = models.get(byId.group(1), false).info();
            return new Resolved(model.artifactUri(), runId == null ? model.sourceRunId() : runId);
        }
        Matcher byVersion = BY_VERSION.matcher(source);
        if (byVersion.matches()) {
            long version = Long.parseLong(byVersion.group(2));
            return new Resolved(
                    store.storageLocation(byVersion.group(1), version),
                    runId == null ? store.version(byVersion.group(1), version).runId() : runId);
        }
        throw invalid("Invalid model version source: '%s'. A model URI here is models:/<model id> or models:/<name>/<version>.", source);
    }

    private static boolean isWithin(String source, String root) {
        return root != null && (source.equals(root) || source.startsWith(root.endsWith("/") ? root : root + "/"));
    }

    private static boolean hasDots(String source) {
        String path = source;
        try {
            for (int i = 0; i < 4 && path.contains("%"); i++) {
                path = URLDecoder.decode(path, StandardCharsets.UTF_8);
            }
        } catch (IllegalArgumentException e) {
            throw invalid("Invalid model version source: it has a stray percent sign that is not followed by two hexadecimal digits.");
        }
        return Arrays.asList(path.split("[/\\\\]")).contains("..");
    }
}
