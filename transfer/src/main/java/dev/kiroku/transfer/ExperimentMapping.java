package dev.kiroku.transfer;

import dev.kiroku.core.tracking.ExperimentStore;
import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.transfer.source.ArtifactRoot;
import dev.kiroku.transfer.source.TransferSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ids that experiments of a source have in a store.
 *
 * @param ids by the id in the source
 * @param records the experiments to import, as they will be in the store; without those that are mapped into existing ones
 */
record ExperimentMapping(Map<Long, Long> ids, List<ExperimentRecord> records) {
    /**
     * Returns the mapping of a source. Experiments without IDs of their own go into those of their names, which stay as they are. Artifacts of runs
     * that are logged to new ones later go to where experiments that the API creates have them by default.
     *
     * @param stored the names of the experiments in the store by id
     */
    static ExperimentMapping of(TransferSource source, Map<Long, String> stored, ImportOptions options) {
        return source.hasExperimentIds()
                ? of(source.experiments(), stored, options)
                : byName(source.experiments(), stored, options);
    }

    private static ExperimentMapping byName(
            List<ExperimentRecord> experiments, Map<Long, String> stored, ImportOptions options) {
        Map<String, Long> idByName = new HashMap<>();
        stored.forEach((id, name) -> idByName.put(name, id));
        long greatest =
                stored.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
        Map<Long, Long> ids = new LinkedHashMap<>();
        List<ExperimentRecord> records = new ArrayList<>();
        for (ExperimentRecord experiment : experiments) {
            String name = options.nameOf(experiment.name());
            Long mapped = options.experimentIds().getOrDefault(experiment.id(), idByName.get(name));
            long id = mapped != null ? mapped : ++greatest;
            ids.put(experiment.id(), id);
            if (!stored.containsKey(id) && idByName.putIfAbsent(name, id) == null) {
                records.add(experiment.as(id, name).withArtifactLocation(ArtifactRoot.PROXIED + id));
            }
        }
        return new ExperimentMapping(ids, records);
    }

    /**
     * Returns the mapping.
     *
     * @param stored the names of the experiments in the store by id
     */
    static ExperimentMapping of(List<ExperimentRecord> experiments, Map<Long, String> stored, ImportOptions options) {
        Map<Long, String> taken = new HashMap<>(stored);
        Map<String, Long> byName = new HashMap<>();
        stored.forEach((id, name) -> byName.put(name, id));
        Map<Long, Long> ids = new LinkedHashMap<>();
        Map<Long, ExperimentRecord> records = new LinkedHashMap<>();
        for (ExperimentRecord experiment : experiments) {
            String name = isDefault(experiment) ? experiment.name() : options.nameOf(experiment.name());
            Long mapped = options.experimentIds().get(experiment.id());
            Long namesake = byName.get(name);
            long id = experiment.id();
            if (mapped != null) {
                id = mapped;
            } else if (options.mapConflicts() && namesake != null) {
                id = namesake;
            } else if (options.mapConflicts() && taken.containsKey(id)) {
                id = nextId(taken, experiments);
            }
            taken.put(id, name);
            ids.put(experiment.id(), id);
            if (mapped == null || !stored.containsKey(mapped)) {
                records.put(experiment.id(), experiment.as(id, name));
            }
        }
        return new ExperimentMapping(ids, List.copyOf(records.values()));
    }

    private static boolean isDefault(ExperimentRecord experiment) {
        return experiment.id() == ExperimentStore.DEFAULT_ID
                && experiment.name().equals("Default");
    }

    /** Returns an id that neither the store nor the source uses. */
    private static long nextId(Map<Long, String> taken, List<ExperimentRecord> experiments) {
        long greatest = 0;
        for (long id : taken.keySet()) {
            greatest = Math.max(greatest, id);
        }
        for (ExperimentRecord experiment : experiments) {
            greatest = Math.max(greatest, experiment.id());
        }
        return greatest + 1;
    }
}
