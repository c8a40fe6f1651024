package dev.kiroku.transfer;

import dev.kiroku.core.tracking.ExperimentStore;
import dev.kiroku.core.transfer.ExperimentRecord;
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
