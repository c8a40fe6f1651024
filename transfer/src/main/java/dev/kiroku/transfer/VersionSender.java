package dev.kiroku.transfer;

import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord.Alias;
import dev.kiroku.core.transfer.RegisteredModelRecord.Version;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.model.registry.RegistryApi;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Registers model versions of another server on a server, over its API and with the rights of the user: it chooses the numbers, and its gates decide
 * on aliases. Tags say which version a copy was made of, so that it is made once.
 */
final class VersionSender {
    /** The tag with the server or database that a record comes from. */
    static final String SOURCE_TAG = "kiroku.import.source";

    private static final String ID_TAG = "kiroku.import.id";
    private static final long PAGE_SIZE = 1000;

    private final TrackingClient server;
    private final String origin;
    private final TransferResult.Builder result = new TransferResult.Builder();

    /** @param origin the value of the tag {@link #SOURCE_TAG} */
    VersionSender(TrackingClient server, String origin) {
        this.server = server;
        this.origin = origin;
    }

    /** Returns what was done so far. */
    TransferResult result() {
        return result.build();
    }

    /**
     * Registers versions of a model that are not there yet, and sets aliases. A model that the user may not change is a conflict of the result, and so is
     * an alias that a gate refuses.
     *
     * @param model with the versions and aliases to copy
     * @param name its name on the server
     * @param moveAliases whether to set aliases that point elsewhere; otherwise only those that do not exist or whose version is new
     */
    void send(RegisteredModelRecord model, String name, boolean moveAliases) {
        try {
            RegisteredModel target = require(model, name);
            boolean prompt = WebhookMessage.isPrompt(model.tags());
            Map<String, String> numbers = findCopies(name, prompt);
            Set<Long> added = new HashSet<>();
            for (Version version : model.versions()) {
                if (numbers.containsKey(id(model, version))) {
                    result.unchanged(RecordKind.MODEL_VERSION, 1);
                } else {
                    register(model, version, name).ifPresent(number -> {
                        numbers.put(id(model, version), number);
                        added.add(version.version());
                    });
                }
            }
            for (Alias alias : model.aliases()) {
                Optional<String> before = target.aliases().stream()
                        .filter(each -> each.alias().equals(alias.alias()))
                        .map(RegisteredModel.Alias::version)
                        .findFirst();
                if (moveAliases || before.isEmpty() || added.contains(alias.version())) {
                    setAlias(model, alias, name, numbers, before.orElse(""));
                }
            }
        } catch (KirokuException e) {
            requireRefusal(e);
            result.conflict(RecordKind.REGISTERED_MODEL, name, "Model '" + name + "': " + e.getMessage());
        }
    }

    /** Adds a conflict of a model. */
    void refuse(String name, String reason) {
        result.conflict(RecordKind.REGISTERED_MODEL, name, reason);
    }

    /** Rethrows what is no refusal of a single record. */
    private static void requireRefusal(KirokuException e) {
        if (e.code() == ErrorCode.TEMPORARILY_UNAVAILABLE || e.code() == ErrorCode.UNAUTHENTICATED) {
            throw e;
        }
    }

    private RegisteredModel require(RegisteredModelRecord model, String name) {
        try {
            RegisteredModel found = server.call(
                            RegistryApi.GET_REGISTERED_MODEL, new RegistryApi.RegisteredModelNameRequest(name))
                    .registeredModel();
            result.unchanged(RecordKind.REGISTERED_MODEL, 1);
            return found;
        } catch (KirokuException e) {
            if (e.code() != ErrorCode.RESOURCE_DOES_NOT_EXIST) {
                throw e;
            }
        }
        RegisteredModel created = server.call(
                        RegistryApi.CREATE_REGISTERED_MODEL,
                        new RegistryApi.CreateRegisteredModelRequest(name, model.tags(), model.description(), null))
                .registeredModel();
        result.added(RecordKind.REGISTERED_MODEL, 1);
        return created;
    }

    /** What identifies a version everywhere: other servers may have versions of the same name and number. */
    private static String id(RegisteredModelRecord model, Version version) {
        return model.name() + "/" + version.version() + "/" + version.creationTime();
    }

    /** Returns the numbers on the server of the versions that were copied before, by what identifies them. */
    private Map<String, String> findCopies(String name, boolean prompt) {
        Map<String, String> copies = new HashMap<>();
        String quote = name.contains("'") ? "\"" : "'";
        // Searches leave out prompts that they do not ask for.
        String filter = "name = " + quote + name + quote
                + (prompt ? " AND tags.`" + WebhookMessage.PROMPT_TAG + "` = 'true'" : "");
        String token = null;
        do {
            RegistryApi.ModelVersionsResponse page = server.call(
                    RegistryApi.SEARCH_MODEL_VERSIONS,
                    new RegistryApi.SearchRegistryRequest(filter, PAGE_SIZE, List.of(), token));
            for (ModelVersion version : page.modelVersions()) {
                for (KeyValue tag : version.tags()) {
                    if (tag.key().equals(ID_TAG) && version.name().equals(name)) {
                        copies.put(tag.value(), version.version());
                    }
                }
            }
            token = page.nextPageToken();
        } while (token != null && !token.isEmpty());
        return copies;
    }

    /** Registers a version; returns its number on the server, or empty if it is refused. */
    private Optional<String> register(RegisteredModelRecord model, Version version, String name) {
        String what = "Version %d of '%s'".formatted(version.version(), model.name());
        String id = Long.toString(version.version());
        Optional<VersionSource> source = WebhookMessage.isPrompt(model.tags())
                ? Optional.of(new VersionSource(version.source(), null, null))
                : VersionSource.of(version);
        if (source.isEmpty()) {
            result.conflict(
                    RecordKind.MODEL_VERSION,
                    id,
                    what + " is not registered: its files, at "
                            + version.source().replaceAll("//[^/@]*@", "//***@")
                            + ", belong to no run or logged model.");
            return Optional.empty();
        }
        List<KeyValue> tags = new ArrayList<>(version.tags());
        tags.removeIf(tag -> tag.key().equals(SOURCE_TAG) || tag.key().equals(ID_TAG));
        tags.add(new KeyValue(SOURCE_TAG, origin));
        tags.add(new KeyValue(ID_TAG, id(model, version)));
        try {
            ModelVersion created = server.call(
                            RegistryApi.CREATE_MODEL_VERSION,
                            new RegistryApi.CreateModelVersionRequest(
                                    name,
                                    source.get().uri(),
                                    source.get().runId(),
                                    tags,
                                    version.runLink(),
                                    version.description(),
                                    source.get().modelId()))
                    .modelVersion();
            result.added(RecordKind.MODEL_VERSION, 1);
            return Optional.of(created.version());
        } catch (KirokuException e) {
            requireRefusal(e);
            result.conflict(RecordKind.MODEL_VERSION, id, what + " is not registered: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void setAlias(
            RegisteredModelRecord model, Alias alias, String name, Map<String, String> numbers, String before) {
        String number = model.versions().stream()
                .filter(version -> version.version() == alias.version())
                .map(version -> numbers.get(id(model, version)))
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElse("");
        if (number.isEmpty() || number.equals(before)) {
            return; // the version is a conflict already, or the alias is right
        }
        try {
            server.call(
                    RegistryApi.SET_REGISTERED_MODEL_ALIAS,
                    new RegistryApi.SetRegisteredModelAliasRequest(name, alias.alias(), number, null));
        } catch (KirokuException e) {
            requireRefusal(e);
            result.conflict(
                    RecordKind.REGISTERED_MODEL,
                    name + "@" + alias.alias(),
                    "Alias '%s' of '%s' does not point at version %s: %s"
                            .formatted(alias.alias(), name, number, e.getMessage()));
        }
    }
}
