package dev.kiroku.transfer;

import java.util.Map;

/**
 * How an import treats names and ids.
 *
 * @param experimentIds the id in the store by the id in the source
 * @param mapConflicts whether an experiment whose id belongs to another one goes into the experiment of its name, or gets a new id
 * @param renames new names of experiments and registered models by their names in the source
 * @param prefix of the names of experiments and registered models that are not renamed; may be empty
 * @param dryRun whether to write nothing
 */
public record ImportOptions(
        Map<Long, Long> experimentIds,
        boolean mapConflicts,
        Map<String, String> renames,
        String prefix,
        boolean dryRun) {
    /** Keeps all names and ids. */
    public static final ImportOptions DEFAULT = new ImportOptions(Map.of(), false, Map.of(), "", false);

    public ImportOptions {
        experimentIds = Map.copyOf(experimentIds);
        renames = Map.copyOf(renames);
    }

    /** Returns the name in the store of a record of the source. */
    public String nameOf(String name) {
        String renamed = renames.get(name);
        return renamed != null ? renamed : prefix + name;
    }
}
