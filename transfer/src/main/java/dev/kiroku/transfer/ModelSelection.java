package dev.kiroku.transfer;

import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord.Alias;
import dev.kiroku.core.transfer.RegisteredModelRecord.Version;
import dev.kiroku.transfer.source.rest.RestSource;
import dev.kiroku.transfer.source.rest.ServerSelection.Criteria;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is copied between two servers.
 *
 * @param modelNames names of registered models at the destination by their names in the source
 */
public record ModelSelection(Criteria criteria, Map<String, String> modelNames) {
    /**
     * Selects versions of a model with the runs and logged models that they were made of.
     *
     * @param version a single version, without aliases; null for all, or that of the alias
     * @param alias the alias whose version is selected, with the alias; null for all
     * @param targetName the name of the model at the destination
     * @throws dev.kiroku.model.KirokuException RESOURCE_DOES_NOT_EXIST if there is no such model, version or alias
     */
    public static ModelSelection of(
            RestSource server, String name, @Nullable Long version, @Nullable String alias, String targetName) {
        RegisteredModelRecord model = server.requireRegisteredModel(name);
        List<Alias> aliases = version != null
                ? List.of()
                : model.aliases().stream()
                        .filter(each -> alias == null || each.alias().equals(alias))
                        .toList();
        if (alias != null && aliases.isEmpty()) {
            throw notFound(
                    "The model '%s' has no alias '%s'. Its aliases: %s.",
                    name,
                    alias,
                    model.aliases().isEmpty()
                            ? "none"
                            : String.join(
                                    ", ",
                                    model.aliases().stream().map(Alias::alias).toList()));
        }
        Long number = alias == null ? version : (Long) aliases.getFirst().version();
        List<Version> versions = model.versions().stream()
                .filter(each -> number == null || each.version() == number)
                .toList();
        if (versions.isEmpty()) {
            throw notFound(
                    number == null ? "The model '%s' has no versions." : "The model '%s' has no version %d.",
                    name,
                    number);
        }
        List<String> runIds = new ArrayList<>();
        List<String> modelIds = new ArrayList<>();
        for (Version each : versions) {
            if (each.runId() != null && !each.runId().isEmpty()) {
                runIds.add(each.runId());
            }
            Optional<VersionSource> source = VersionSource.of(each);
            source.map(VersionSource::modelId).ifPresent(modelIds::add);
        }
        RegisteredModelRecord selected = model.with(versions, aliases);
        return new ModelSelection(new Criteria(Set.of(), runIds, null, modelIds, selected), Map.of(name, targetName));
    }
}
