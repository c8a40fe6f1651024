package dev.kiroku.core.registry;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;
import static dev.kiroku.model.Strings.abbreviate;
import static dev.kiroku.model.Strings.emptyToNull;
import static dev.kiroku.model.Strings.nullToEmpty;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.gates.MlmodelReader;
import dev.kiroku.core.registry.store.NewVersion;
import dev.kiroku.core.registry.store.RegistryStore;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.registry.store.VisibleModels;
import dev.kiroku.core.search.SearchGrammar;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.core.tracking.KeyValues;
import dev.kiroku.core.tracking.LocationRules;
import dev.kiroku.core.tracking.LoggedModelStore;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.model.registry.RegistryApi;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The operations of {@link RegistryApi}: validates requests, reads from the store, and changes through
 * {@link RegistryWriter}. Thread-safe.
 */
public final class Registry {
    private static final int DEFAULT_MODEL_PAGE_SIZE = 100;
    private static final int MAX_MODEL_PAGE_SIZE = 1000;
    private static final int DEFAULT_VERSION_PAGE_SIZE = 10_000;
    private static final int MAX_VERSION_PAGE_SIZE = 200_000;
    private static final int MAX_TAG_KEY_LENGTH = 250;
    private static final int MAX_TAG_VALUE_LENGTH = 100_000;
    private static final int MAX_ALIAS_LENGTH = 255;
    private static final String LATEST = "latest";
    private static final Pattern ALIAS = Pattern.compile("[\\w\\-]*", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern VERSION_LIKE = Pattern.compile("[vV]\\d+");

    private final RegistryStore store;
    private final RegistryWriter writer;
    private final SourceResolver sourceResolver;
    private final MlmodelReader mlmodelReader;
    private final InstantSource clock;

    /**
     * Creates the operations on one database, with MLflow's rules for sources of versions.
     *
     * @param clock the time of changes
     */
    public Registry(
            RegistryStore store, RunStore runs, LoggedModelStore models, MlmodelReader files, InstantSource clock) {
        this(store, runs, models, files, clock, LocationRules.of("mlflow-artifacts:/"), null);
    }

    /**
     * Creates the operations on one database.
     *
     * @param clock the time of changes
     * @param locationRules the hosts that the source of a new version can name
     * @param allowedSources a pattern that the source of a new version must contain; null for any source
     */
    public Registry(
            RegistryStore store,
            RunStore runs,
            LoggedModelStore models,
            MlmodelReader files,
            InstantSource clock,
            LocationRules locationRules,
            @Nullable Pattern allowedSources) {
        this.store = store;
        this.writer = new RegistryWriter(store);
        this.mlmodelReader = files;
        this.sourceResolver = new SourceResolver(store, runs, models, locationRules, allowedSources);
        this.clock = clock;
    }

    /** Creates a model. */
    public RegistryApi.RegisteredModelResponse create(RegistryApi.CreateRegisteredModelRequest request, Caller caller) {
        checkModelName(request.name(), "name");
        request.tags().forEach(Registry::checkTag);
        return new RegistryApi.RegisteredModelResponse(writer.create(
                request.name(), request.description(), KeyValues.lastValuePerKey(request.tags()), change(caller)));
    }

    /** Returns a model, without versions that the caller may not read. */
    public RegistryApi.RegisteredModelResponse get(RegistryApi.RegisteredModelNameRequest request, Caller caller) {
        checkModelName(request.name(), "name");
        return new RegistryApi.RegisteredModelResponse(
                withReadableVersions(store.get(request.name()), VisibleModels.withVersionsOf(caller)));
    }

    private static RegisteredModel withReadableVersions(RegisteredModel model, VisibleModels withVersions) {
        return withVersions.isAll() || withVersions.contains(model) ? model : model.withoutVersions();
    }

    /** Renames a model. */
    public RegistryApi.RegisteredModelResponse rename(RegistryApi.RenameRegisteredModelRequest request, Caller caller) {
        checkModelName(request.newName(), "new_name");
        return new RegistryApi.RegisteredModelResponse(
                writer.rename(request.name(), request.newName(), change(caller)));
    }

    /** Sets the description of a model. */
    public RegistryApi.RegisteredModelResponse update(RegistryApi.UpdateRegisteredModelRequest request, Caller caller) {
        return new RegistryApi.RegisteredModelResponse(
                writer.updateDescription(request.name(), emptyToNull(request.description()), change(caller)));
    }

    /** Deletes a model with all of its versions. */
    public Empty delete(RegistryApi.RegisteredModelNameRequest request, Caller caller) {
        writer.delete(request.name(), change(caller));
        return new Empty();
    }

    /** Returns a page of the models that the caller may read, without versions that the caller may not read. */
    public RegistryApi.SearchRegisteredModelsResponse search(RegistryApi.SearchRegistryRequest request, Caller caller) {
        var page = store.search(new RegistryStore.Query(
                SearchLanguage.parseFilter(SearchGrammar.REGISTERED_MODELS, request.filter()),
                SearchLanguage.parseOrder(SearchGrammar.REGISTERED_MODELS, request.orderBy()),
                checkMaxResults(request.maxResults(), DEFAULT_MODEL_PAGE_SIZE, MAX_MODEL_PAGE_SIZE),
                request.pageToken(),
                VisibleModels.of(caller)));
        VisibleModels withVersions = VisibleModels.withVersionsOf(caller);
        return new RegistryApi.SearchRegisteredModelsResponse(
                page.items().stream()
                        .map(model -> withReadableVersions(model, withVersions))
                        .toList(),
                page.nextPageToken());
    }

    /** Adds or replaces a tag of a model. */
    public Empty setTag(RegistryApi.SetRegisteredModelTagRequest request, Caller caller) {
        var tag = new KeyValue(request.key(), nullToEmpty(request.value()));
        checkTag(tag);
        writer.setTag(request.name(), tag, change(caller));
        return new Empty();
    }

    /** Deletes a tag of a model. */
    public Empty deleteTag(RegistryApi.DeleteRegisteredModelTagRequest request, Caller caller) {
        writer.deleteTag(request.name(), request.key(), change(caller));
        return new Empty();
    }

    /** Returns the newest version of each of the requested stages, or of all stages. */
    public RegistryApi.ModelVersionsResponse getLatestVersions(RegistryApi.GetLatestVersionsRequest request) {
        List<String> stages =
                request.stages().stream().map(Stage::parse).map(Stage::wireName).toList();
        RegisteredModel model = store.get(request.name());
        return new RegistryApi.ModelVersionsResponse(
                model.latestVersions().stream()
                        .filter(version -> stages.isEmpty() || stages.contains(version.currentStage()))
                        .map(version -> withAliases(version, model))
                        .toList(),
                null);
    }

    private static ModelVersion withAliases(ModelVersion version, RegisteredModel model) {
        return version.withAliases(model.aliases().stream()
                .filter(alias -> alias.version().equals(version.version()))
                .map(RegisteredModel.Alias::alias)
                .toList());
    }

    /** Assigns an alias to a version. */
    public Empty setAlias(RegistryApi.SetRegisteredModelAliasRequest request, Caller caller) {
        checkAlias(request.alias());
        if (request.alias().equalsIgnoreCase(LATEST)) {
            throw invalid("'latest' alias name (case insensitive) is reserved.");
        }
        if (VERSION_LIKE.matcher(request.alias()).matches()) {
            throw invalid("Version alias name '%s' is reserved.", request.alias());
        }
        writer.setAlias(
                request.name(),
                request.alias(),
                parseVersion(request.version()),
                parseExpectedVersion(request.expectedVersion()),
                change(caller));
        return new Empty();
    }

    /** Deletes an alias. */
    public Empty deleteAlias(RegistryApi.DeleteRegisteredModelAliasRequest request, Caller caller) {
        checkAlias(request.alias());
        writer.deleteAlias(
                request.name(), request.alias(), parseExpectedVersion(request.expectedVersion()), change(caller));
        return new Empty();
    }

    /** Returns the version that an alias points at; {@code latest} points at the newest version. */
    public RegistryApi.ModelVersionResponse getVersionByAlias(RegistryApi.GetModelVersionByAliasRequest request) {
        checkAlias(request.alias());
        if (!request.alias().equalsIgnoreCase(LATEST)) {
            return new RegistryApi.ModelVersionResponse(store.getVersionByAlias(request.name(), request.alias()));
        }
        RegisteredModel model = store.get(request.name());
        return new RegistryApi.ModelVersionResponse(model.latestVersions().stream()
                .max(Comparator.comparingLong(v -> Long.parseLong(v.version())))
                .map(version -> withAliases(version, model))
                .orElseThrow(() -> notFound("Latest version not found for model %s.", request.name())));
    }

    /** Creates a version. */
    public RegistryApi.ModelVersionResponse createVersion(
            RegistryApi.CreateModelVersionRequest request, Caller caller) {
        checkModelName(request.name(), "name");
        request.tags().forEach(Registry::checkTag);
        boolean prompt = WebhookMessage.isPrompt(KeyValues.lastValuePerKey(request.tags()));
        SourceResolver.ResolvedSource source = sourceResolver.resolve(
                request.source(), emptyToNull(request.runId()), emptyToNull(request.modelId()), prompt);
        return new RegistryApi.ModelVersionResponse(writer.createVersion(
                new NewVersion(
                        request.name(),
                        source.source(),
                        source.location(),
                        source.runId(),
                        request.runLink(),
                        request.description(),
                        KeyValues.lastValuePerKey(request.tags()),
                        mlmodelReader.read(source.location()).orElse(null)),
                change(caller)));
    }

    /** Returns a version. */
    public RegistryApi.ModelVersionResponse getVersion(RegistryApi.ModelVersionKeyRequest request) {
        return new RegistryApi.ModelVersionResponse(store.getVersion(request.name(), parseVersion(request.version())));
    }

    /** Returns the location of a version's artifacts. */
    public RegistryApi.GetDownloadUriResponse getDownloadUri(RegistryApi.ModelVersionKeyRequest request) {
        return new RegistryApi.GetDownloadUriResponse(
                store.getStorageLocation(request.name(), parseVersion(request.version())));
    }

    /** Sets the description of a version. */
    public RegistryApi.ModelVersionResponse updateVersion(
            RegistryApi.UpdateModelVersionRequest request, Caller caller) {
        return new RegistryApi.ModelVersionResponse(writer.updateVersionDescription(
                request.name(), parseVersion(request.version()), request.description(), change(caller)));
    }

    /** Assigns a stage to a version. */
    public RegistryApi.ModelVersionResponse transitionStage(
            RegistryApi.TransitionModelVersionStageRequest request, Caller caller) {
        Stage stage = Stage.parse(request.stage());
        boolean archive = Boolean.TRUE.equals(request.archiveExistingVersions());
        if (archive && !stage.isActive()) {
            throw invalid(
                    "Model version transition cannot archive existing model versions because '%s' is not an Active stage. Valid stages are Staging, "
                            + "Production",
                    stage.wireName());
        }
        return new RegistryApi.ModelVersionResponse(writer.transitionStage(
                request.name(), parseVersion(request.version()), stage, archive, change(caller)));
    }

    /** Deletes a version and the aliases that point at it. */
    public Empty deleteVersion(RegistryApi.ModelVersionKeyRequest request, Caller caller) {
        writer.deleteVersion(request.name(), parseVersion(request.version()), change(caller));
        return new Empty();
    }

    /** Adds or replaces a tag of a version. */
    public Empty setVersionTag(RegistryApi.SetModelVersionTagRequest request, Caller caller) {
        var tag = new KeyValue(request.key(), nullToEmpty(request.value()));
        checkTag(tag);
        writer.setVersionTag(request.name(), parseVersion(request.version()), tag, change(caller));
        return new Empty();
    }

    /** Deletes a tag of a version. */
    public Empty deleteVersionTag(RegistryApi.DeleteModelVersionTagRequest request, Caller caller) {
        writer.deleteVersionTag(request.name(), parseVersion(request.version()), request.key(), change(caller));
        return new Empty();
    }

    /** Returns a page of the versions that the caller may read. */
    public RegistryApi.ModelVersionsResponse searchVersions(RegistryApi.SearchRegistryRequest request, Caller caller) {
        var page = store.searchVersions(new RegistryStore.Query(
                SearchLanguage.parseFilter(SearchGrammar.MODEL_VERSIONS, request.filter()),
                SearchLanguage.parseOrder(SearchGrammar.MODEL_VERSIONS, request.orderBy()),
                checkMaxResults(request.maxResults(), DEFAULT_VERSION_PAGE_SIZE, MAX_VERSION_PAGE_SIZE),
                request.pageToken(),
                VisibleModels.withVersionsOf(caller)));
        return new RegistryApi.ModelVersionsResponse(page.items(), page.nextPageToken());
    }

    /**
     * Returns the location of a version's artifacts.
     *
     * @param version the number as text
     */
    public String getStorageLocation(String name, String version) {
        return store.getStorageLocation(name, parseVersion(version));
    }

    private ChangeContext change(Caller caller) {
        return new ChangeContext(caller, clock.millis());
    }

    /** Returns the version of a field or of an If-Match header, which quotes it; null if none is given. */
    private static @Nullable Long parseExpectedVersion(@Nullable String version) {
        if (version == null || version.isEmpty()) {
            return null;
        }
        String bare = version.strip();
        return parseVersion(
                bare.length() > 1 && bare.startsWith("\"") && bare.endsWith("\"")
                        ? bare.substring(1, bare.length() - 1)
                        : bare);
    }

    private static void checkModelName(String name, String field) {
        if (name.isBlank()) {
            throw invalid("Missing value for required parameter '%s'.", field);
        }
        boolean reserved = name.contains("/") || name.contains(":") || name.equals(".") || name.equals("..");
        if (reserved || name.codePointCount(0, name.length()) > 256) {
            throw invalid(
                    "Invalid model name '%s'. Names cannot contain '/' or ':', are not '.' or '..', and have at most 256 characters.",
                    abbreviate(name, 60));
        }
    }

    private static void checkAlias(String alias) {
        if (!ALIAS.matcher(alias).matches()) {
            throw invalid(
                    "Invalid alias name: '%s'. Names may only contain alphanumerics, underscores (_), and dashes (-).",
                    abbreviate(alias, 60));
        }
        if (alias.length() > MAX_ALIAS_LENGTH) {
            throw invalid(
                    "'Registered model alias name' exceeds the maximum length of %d characters", MAX_ALIAS_LENGTH);
        }
    }

    private static void checkTag(KeyValue tag) {
        if (tag.key() == null || tag.key().isEmpty()) {
            throw invalid("Missing value for required parameter 'key'.");
        }
        if (tag.key().length() > MAX_TAG_KEY_LENGTH) {
            throw invalid("'key' exceeds the maximum length of %d characters", MAX_TAG_KEY_LENGTH);
        }
        if (tag.value() != null && tag.value().length() > MAX_TAG_VALUE_LENGTH) {
            throw invalid("'value' exceeds the maximum length of %d characters", MAX_TAG_VALUE_LENGTH);
        }
    }

    private static long parseVersion(String version) {
        try {
            return Long.parseLong(version.strip());
        } catch (NumberFormatException e) {
            throw invalid("Parameter 'version' must be an integer, got '%s'.", abbreviate(version, 60));
        }
    }

    private static int checkMaxResults(@Nullable Long requested, int defaultValue, int limit) {
        long max = requested == null ? defaultValue : requested;
        if (max < 1 || max > limit) {
            throw invalid(
                    "Invalid value for max_results: it must be a positive integer of at most %d, but got value %d.",
                    limit, max);
        }
        return (int) max;
    }
}
