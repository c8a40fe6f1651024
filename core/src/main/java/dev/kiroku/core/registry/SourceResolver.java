package dev.kiroku.core.registry;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.net.LenientUri;
import dev.kiroku.core.registry.store.RegistryStore;
import dev.kiroku.core.tracking.ArtifactLocations;
import dev.kiroku.core.tracking.LocationRules;
import dev.kiroku.core.tracking.LoggedModelStore;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.ModelVersion;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the sources of model versions. Everyone who can read a version can read the artifacts of its source, so a
 * source in this server's artifact store or file system must belong to the run or the logged model that the request
 * names. Access to other stores is checked by those.
 */
final class SourceResolver {
    private static final Pattern LOGGED_MODEL_URI = Pattern.compile("models:/(m-[0-9a-zA-Z]+)");
    private static final Pattern VERSION_URI = Pattern.compile("models:/([^/@]+)/(\\d{1,18})");
    private static final Pattern LATEST_URI = Pattern.compile("models:/([^/@]+)/latest", Pattern.CASE_INSENSITIVE);
    private static final Pattern ALIAS_URI = Pattern.compile("models:/([^/@]+)@([^/@]+)");
    private static final Pattern RUN_URI = Pattern.compile("runs:/([^/]+)((?:/.*)?)");

    /** The scheme of a URI; a single letter is a drive of Windows. */
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:");

    /** Prompts have no artifacts: MLflow's clients send one of these as their source. */
    private static final Set<String> PROMPT_PLACEHOLDERS = Set.of("dummy-source", "prompt-template");

    /**
     * A source that a version can have.
     *
     * @param source the source to store: a model URI by alias becomes one by version
     * @param location the location of the artifacts
     * @param runId the run that the artifacts are of, or null
     */
    record ResolvedSource(
            String source, String location, @Nullable String runId) {}

    private final @Nullable Pattern allowed;
    private final LocationRules locationRules;
    private final RegistryStore store;
    private final RunStore runs;
    private final LoggedModelStore models;

    /**
     * Creates a resolver.
     *
     * @param locationRules the hosts that a source can name
     * @param allowed a pattern that every source must contain; null for no restriction
     */
    SourceResolver(
            RegistryStore store,
            RunStore runs,
            LoggedModelStore models,
            LocationRules locationRules,
            @Nullable Pattern allowed) {
        this.allowed = allowed;
        this.locationRules = locationRules;
        this.store = store;
        this.runs = runs;
        this.models = models;
    }

    /**
     * Returns the resolved source of a new version; throws {@link KirokuException} with INVALID_PARAMETER_VALUE if it
     * must not be used.
     *
     * @param runId the run that the request names, or null
     * @param modelId the logged model that the request names, or null
     * @param prompt whether the version is of a prompt
     */
    ResolvedSource resolve(String source, @Nullable String runId, @Nullable String modelId, boolean prompt) {
        if (allowed != null && !allowed.matcher(source).find()) {
            throw invalid("Invalid model version source: '%s'.", source);
        }
        if (prompt) {
            if (!PROMPT_PLACEHOLDERS.contains(source)) {
                throw invalid("Invalid prompt source: '%s'. Prompt sources must use an MLflow placeholder.", source);
            }
            return new ResolvedSource(source, source, runId);
        }
        ArtifactLocations.requireAllowedHost("source", source, locationRules);
        ArtifactLocations.requireNoPassword("source", source);
        String uri = withLowerCaseScheme(source);
        if (uri.startsWith("models:")) {
            return resolveModelUri(uri, runId, modelId);
        }
        if (hasParentSegment(source)) {
            throw invalid("Invalid model version source: '%s'. It must not have '..' in its path.", source);
        }
        if (uri.startsWith("runs:")) {
            return resolveRunUri(uri, runId, modelId);
        }
        if (modelId != null && runId != null && isWithin(uri, runArtifactRoot(source, runId))) {
            throw sourceMismatch(source, "model_id");
        }
        boolean needsOwner = uri.startsWith("mlflow-artifacts:")
                || uri.startsWith("file:")
                || uri.startsWith("http:") // of the artifact root's server: requireAllowedHost
                || uri.startsWith("https:")
                || !SCHEME.matcher(uri).lookingAt();
        if (needsOwner
                && !isWithin(uri, runId == null ? null : runArtifactRoot(source, runId))
                && !isWithin(uri, modelId == null ? null : loggedModelArtifactRoot(source, modelId))) {
            throw invalid(
                    "Invalid model version source: '%s'. A source of this kind must lie within the artifacts of the run (run_id) or the logged model "
                            + "(model_id) that the request names.",
                    source);
        }
        return new ResolvedSource(
                source,
                uri,
                runId != null || modelId == null
                        ? runId
                        : models.get(modelId, false).info().sourceRunId());
    }

    private ResolvedSource resolveRunUri(String source, @Nullable String runId, @Nullable String modelId) {
        Matcher ofRun = RUN_URI.matcher(source);
        if (runId == null
                || modelId != null
                || !ofRun.matches()
                || !ofRun.group(1).equals(runId)) {
            throw sourceMismatch(source, modelId == null ? "run_id" : "model_id");
        }
        try {
            return new ResolvedSource(source, runs.get(runId).info().artifactUri() + ofRun.group(2), runId);
        } catch (KirokuException e) {
            if (e.code() == ErrorCode.RESOURCE_DOES_NOT_EXIST) {
                return new ResolvedSource(source, source, runId); // as in MLflow: the run can be of another server
            }
            throw e;
        }
    }

    private ResolvedSource resolveModelUri(String source, @Nullable String runId, @Nullable String modelId) {
        Matcher byId = LOGGED_MODEL_URI.matcher(source);
        if (byId.matches()) {
            if (modelId == null || !byId.group(1).equals(modelId)) {
                throw sourceMismatch(source, "model_id");
            }
            String root = loggedModelArtifactRoot(source, modelId);
            return new ResolvedSource(
                    source,
                    root,
                    runId == null ? models.get(modelId, false).info().sourceRunId() : runId);
        }
        ModelVersion version = getReferencedVersion(source);
        if (WebhookMessage.isPrompt(store.get(version.name()).tags())) {
            throw invalid(
                    "Invalid model version source: '%s'. Prompt versions cannot be used as model version sources.",
                    source);
        }
        if (runId != null && !runId.equals(version.runId())) {
            throw invalid(
                    "Invalid model version source: '%s'. The run_id request parameter must match the referenced model version.",
                    source);
        }
        long number = Long.parseLong(version.version());
        return new ResolvedSource(
                "models:/" + version.name() + "/" + number,
                store.getStorageLocation(version.name(), number),
                version.runId());
    }

    private ModelVersion getReferencedVersion(String source) {
        Matcher byVersion = VERSION_URI.matcher(source);
        if (byVersion.matches()) {
            return store.getVersion(byVersion.group(1), Long.parseLong(byVersion.group(2)));
        }
        Matcher newest = LATEST_URI.matcher(source);
        if (newest.matches()) {
            return store.get(newest.group(1)).latestVersions().stream()
                    .max(Comparator.comparingLong(v -> Long.parseLong(v.version())))
                    .orElseThrow(
                            () -> invalid("Invalid model version source: '%s'. The model has no versions.", source));
        }
        Matcher byAlias = ALIAS_URI.matcher(source);
        if (byAlias.matches()) {
            return store.getVersionByAlias(byAlias.group(1), byAlias.group(2));
        }
        throw invalid(
                "Invalid model version source: '%s'. A model URI here is models:/<model id>, models:/<name>/<version>, models:/<name>/latest or models:/<name>@<alias>.",
                source);
    }

    private String runArtifactRoot(String source, String runId) {
        try {
            return runs.get(runId).info().artifactUri();
        } catch (KirokuException e) {
            throw e.code() == ErrorCode.RESOURCE_DOES_NOT_EXIST ? sourceMismatch(source, "run_id") : e;
        }
    }

    private String loggedModelArtifactRoot(String source, String modelId) {
        try {
            return models.get(modelId, false).info().artifactUri();
        } catch (KirokuException e) {
            throw e.code() == ErrorCode.RESOURCE_DOES_NOT_EXIST ? sourceMismatch(source, "model_id") : e;
        }
    }

    private static KirokuException sourceMismatch(String source, String field) {
        return invalid(
                "Invalid model version source: '%s'. The %s request parameter must identify the resource that contains the source.",
                source, field);
    }

    /** Returns a URI with its scheme in lower case: schemes are compared without case. A path is returned as it is. */
    private static String withLowerCaseScheme(String uri) {
        Matcher scheme = SCHEME.matcher(uri);
        return scheme.lookingAt() ? scheme.group().toLowerCase(Locale.ROOT) + uri.substring(scheme.end()) : uri;
    }

    /** Compares paths of this machine as paths: a plain path and a {@code file:} URI can name the same folder. */
    private static boolean isWithin(String source, @Nullable String root) {
        if (root == null) {
            return false;
        }
        String within = localPath(source);
        String base = localPath(root);
        if (within == null || base == null) {
            within = source;
            base = root;
        }
        return within.equals(base) || within.startsWith(base.endsWith("/") ? base : base + "/");
    }

    private static @Nullable String localPath(String location) {
        LenientUri uri = LenientUri.parse(location);
        boolean ofThisMachine = uri.host().isEmpty() || uri.host().equals("localhost");
        boolean file = uri.scheme().equals("file") && ofThisMachine;
        return file ? uri.decodedPath() : uri.scheme().isEmpty() ? location : null;
    }

    private static boolean hasParentSegment(String source) {
        String path = source;
        try {
            for (int i = 0; i < 4 && path.contains("%"); i++) {
                path = URLDecoder.decode(path, StandardCharsets.UTF_8);
            }
        } catch (IllegalArgumentException e) {
            throw invalid(
                    "Invalid model version source: it has a stray percent sign that is not followed by two hexadecimal digits.");
        }
        return Arrays.asList(path.split("[/\\\\]")).contains("..");
    }
}
