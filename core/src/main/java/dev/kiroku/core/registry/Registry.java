package dev.kiroku.core.registry;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;
import static dev.kiroku.model.Texts.orEmpty;
import static dev.kiroku.model.Texts.orNull;

import dev.kiroku.core.audit.Change;
import dev.kiroku.core.registry.gates.MlmodelFiles;
import dev.kiroku.core.search.Grammar;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.core.tracking.KeyValues;
import dev.kiroku.core.tracking.LoggedModelStore;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.core.webhooks.Event;
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

/** The operations of {@link RegistryApi}: checks what was asked, and has the store do it. */
public final class Registry {
    private static final int DEFAULT_MODELS = 100;
    private static final int MAX_MODELS = 1000;
    private static final int DEFAULT_VERSIONS = 10_000;
    private static final int MAX_VERSIONS = 200_000;
    private static final int MAX_KEY = 250;
    private static final int MAX_VALUE = 100_000;
    private static final int MAX_ALIAS = 255;
    private static final String LATEST = "latest";
    private static final Pattern ALIAS = Pattern.compile("[\\w\\-]*", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern VERSION_LIKE = Pattern.compile("[vV]\\d+");

    private final RegistryStore store;
    private final Sources sources;
    private final MlmodelFiles files;
    private final InstantSource clock;

    public Registry(
            RegistryStore store, RunStore runs, LoggedModelStore models, MlmodelFiles files, InstantSource clock) {
        this.store = store;
        this.files = files;
        this.sources = new Sources(store, runs, models);
        this.clock = clock;
    }

    public RegistryApi.OneModel create(RegistryApi.CreateModel request, Caller caller) {
        modelName(request.name(), "name");
        request.tags().forEach(Registry::tag);
        return new RegistryApi.OneModel(store.create(
                request.name(), request.description(), KeyValues.lastOfEach(request.tags()), change(caller)));
    }

    public RegistryApi.OneModel get(RegistryApi.ByName request) {
        modelName(request.name(), "name");
        return new RegistryApi.OneModel(store.get(request.name()));
    }

    public RegistryApi.OneModel rename(RegistryApi.Rename request, Caller caller) {
        modelName(request.newName(), "new_name");
        return new RegistryApi.OneModel(store.rename(request.name(), request.newName(), change(caller)));
    }

    public RegistryApi.OneModel update(RegistryApi.UpdateModel request, Caller caller) {
        return new RegistryApi.OneModel(store.describe(request.name(), orNull(request.description()), change(caller)));
    }

    public Empty delete(RegistryApi.ByName request, Caller caller) {
        store.delete(request.name(), change(caller));
        return new Empty();
    }

    public RegistryApi.FoundModels search(RegistryApi.Search request) {
        var page = store.search(new RegistryStore.Query(
                SearchLanguage.parseFilter(Grammar.REGISTERED_MODELS, request.filter()),
                SearchLanguage.parseOrder(Grammar.REGISTERED_MODELS, request.orderBy()),
                maxResults(request.maxResults(), DEFAULT_MODELS, MAX_MODELS),
                request.pageToken()));
        return new RegistryApi.FoundModels(page.items(), page.nextPageToken());
    }

    public Empty setTag(RegistryApi.SetModelTag request, Caller caller) {
        var tag = new KeyValue(request.key(), orEmpty(request.value()));
        tag(tag);
        store.setTag(request.name(), tag, change(caller));
        return new Empty();
    }

    public Empty deleteTag(RegistryApi.DeleteModelTag request, Caller caller) {
        store.deleteTag(request.name(), request.key(), change(caller));
        return new Empty();
    }

    public RegistryApi.Versions latest(RegistryApi.Latest request) {
        List<String> stages =
                request.stages().stream().map(Stage::parse).map(Stage::wire).toList();
        List<ModelVersion> latest = store.get(request.name()).latestVersions();
        return new RegistryApi.Versions(
                latest.stream()
                        .filter(v -> stages.isEmpty() || stages.contains(v.currentStage()))
                        .toList(),
                null);
    }

    public Empty setAlias(RegistryApi.SetAlias request, Caller caller) {
        alias(request.alias());
        if (request.alias().equalsIgnoreCase(LATEST)) {
            throw invalid("'latest' alias name (case insensitive) is reserved.");
        }
        if (VERSION_LIKE.matcher(request.alias()).matches()) {
            throw invalid("Version alias name '%s' is reserved.", request.alias());
        }
        store.setAlias(
                request.name(),
                request.alias(),
                version(request.version()),
                expected(request.expectedVersion()),
                change(caller));
        return new Empty();
    }

    public Empty deleteAlias(RegistryApi.DeleteAlias request, Caller caller) {
        alias(request.alias());
        store.deleteAlias(request.name(), request.alias(), expected(request.expectedVersion()), change(caller));
        return new Empty();
    }

    /** The alias {@code latest} is no alias, but the newest version. */
    public RegistryApi.OneVersion byAlias(RegistryApi.ByAlias request) {
        alias(request.alias());
        if (!request.alias().equalsIgnoreCase(LATEST)) {
            return new RegistryApi.OneVersion(store.byAlias(request.name(), request.alias()));
        }
        RegisteredModel model = store.get(request.name());
        return new RegistryApi.OneVersion(model.latestVersions().stream()
                .max(Comparator.comparingLong(v -> Long.parseLong(v.version())))
                .orElseThrow(() -> notFound("Latest version not found for model %s.", request.name())));
    }

    public RegistryApi.OneVersion createVersion(RegistryApi.CreateVersion request, Caller caller) {
        modelName(request.name(), "name");
        request.tags().forEach(Registry::tag);
        boolean prompt = Event.isPrompt(KeyValues.lastOfEach(request.tags()));
        Sources.Resolved source =
                sources.resolve(request.source(), orNull(request.runId()), orNull(request.modelId()), prompt);
        return new RegistryApi.OneVersion(store.createVersion(
                new RegistryStore.NewVersion(
                        request.name(),
                        source.source(),
                        source.location(),
                        source.runId(),
                        request.runLink(),
                        request.description(),
                        KeyValues.lastOfEach(request.tags()),
                        files.read(source.location()).orElse(null)),
                change(caller)));
    }

    public RegistryApi.OneVersion getVersion(RegistryApi.ByVersion request) {
        return new RegistryApi.OneVersion(store.version(request.name(), version(request.version())));
    }

    public RegistryApi.DownloadUri downloadUri(RegistryApi.ByVersion request) {
        return new RegistryApi.DownloadUri(store.storageLocation(request.name(), version(request.version())));
    }

    public RegistryApi.OneVersion updateVersion(RegistryApi.UpdateVersion request, Caller caller) {
        return new RegistryApi.OneVersion(store.describeVersion(
                request.name(), version(request.version()), request.description(), change(caller)));
    }

    public RegistryApi.OneVersion transition(RegistryApi.Transition request, Caller caller) {
        Stage stage = Stage.parse(request.stage());
        boolean archive = Boolean.TRUE.equals(request.archiveExistingVersions());
        if (archive && !stage.isActive()) {
            throw invalid(
                    "Model version transition cannot archive existing model versions because '%s' is not an Active stage. Valid stages are Staging, "
                            + "Production",
                    stage.wire());
        }
        return new RegistryApi.OneVersion(
                store.moveVersion(request.name(), version(request.version()), stage, archive, change(caller)));
    }

    public Empty deleteVersion(RegistryApi.ByVersion request, Caller caller) {
        store.deleteVersion(request.name(), version(request.version()), change(caller));
        return new Empty();
    }

    public Empty setVersionTag(RegistryApi.SetVersionTag request, Caller caller) {
        var tag = new KeyValue(request.key(), orEmpty(request.value()));
        tag(tag);
        store.setVersionTag(request.name(), version(request.version()), tag, change(caller));
        return new Empty();
    }

    public Empty deleteVersionTag(RegistryApi.DeleteVersionTag request, Caller caller) {
        store.deleteVersionTag(request.name(), version(request.version()), request.key(), change(caller));
        return new Empty();
    }

    public RegistryApi.Versions searchVersions(RegistryApi.Search request) {
        var page = store.searchVersions(new RegistryStore.Query(
                SearchLanguage.parseFilter(Grammar.MODEL_VERSIONS, request.filter()),
                SearchLanguage.parseOrder(Grammar.MODEL_VERSIONS, request.orderBy()),
                maxResults(request.maxResults(), DEFAULT_VERSIONS, MAX_VERSIONS),
                request.pageToken()));
        return new RegistryApi.Versions(page.items(), page.nextPageToken());
    }

    /** Where a version's artifacts are, by the texts of a request. */
    public String storageLocation(String name, String version) {
        return store.storageLocation(name, version(version));
    }

    private Change change(Caller caller) {
        return new Change(caller, clock.millis());
    }

    /** A version as the field or the If-Match header has it, which puts it in quotes. */
    private static Long expected(String version) {
        if (version == null || version.isEmpty()) {
            return null;
        }
        String bare = version.strip();
        return version(
                bare.length() > 1 && bare.startsWith("\"") && bare.endsWith("\"")
                        ? bare.substring(1, bare.length() - 1)
                        : bare);
    }

    private static void modelName(String name, String field) {
        if (name.isBlank()) {
            throw invalid("Missing value for required parameter '%s'.", field);
        }
        boolean odd = name.contains("/") || name.contains(":") || name.equals(".") || name.equals("..");
        if (odd || name.codePointCount(0, name.length()) > 256) {
            throw invalid(
                    "Invalid model name '%s'. Names cannot contain '/' or ':', are not '.' or '..', and have at most 256 characters.",
                    name.length() > 60 ? name.substring(0, 60) + "…" : name);
        }
    }

    private static void alias(String alias) {
        if (!ALIAS.matcher(alias).matches()) {
            throw invalid(
                    "Invalid alias name: '%s'. Names may only contain alphanumerics, underscores (_), and dashes (-).",
                    alias.length() > 60 ? alias.substring(0, 60) + "…" : alias);
        }
        if (alias.length() > MAX_ALIAS) {
            throw invalid("'Registered model alias name' exceeds the maximum length of %d characters", MAX_ALIAS);
        }
    }

    private static void tag(KeyValue tag) {
        if (tag.key() == null || tag.key().isEmpty()) {
            throw invalid("Missing value for required parameter 'key'.");
        }
        if (tag.key().length() > MAX_KEY) {
            throw invalid("'key' exceeds the maximum length of %d characters", MAX_KEY);
        }
        if (tag.value() != null && tag.value().length() > MAX_VALUE) {
            throw invalid("'value' exceeds the maximum length of %d characters", MAX_VALUE);
        }
    }

    private static long version(String version) {
        try {
            return Long.parseLong(version.strip());
        } catch (NumberFormatException e) {
            throw invalid(
                    "Parameter 'version' must be an integer, got '%s'.",
                    version.length() > 60 ? version.substring(0, 60) + "…" : version);
        }
    }

    private static int maxResults(Long given, int byDefault, int limit) {
        long max = given == null ? byDefault : given;
        if (max < 1 || max > limit) {
            throw invalid(
                    "Invalid value for max_results: it must be a positive integer of at most %d, but got value %d.",
                    limit, max);
        }
        return (int) max;
    }
}
