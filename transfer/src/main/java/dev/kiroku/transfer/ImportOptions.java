package dev.kiroku.transfer;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.tracking.ArtifactLocations;
import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RunRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an import treats names and ids.
 *
 * @param experimentIds the id in the store by the id in the source
 * @param mapConflicts whether an experiment whose id belongs to another one goes into the experiment of its name, or gets a new id
 * @param renames new names of experiments and registered models by their names in the source
 * @param prefix of the names of experiments and registered models that are not renamed; may be empty
 * @param dryRun whether to write nothing
 * @param artifactRoot the location below which experiments that are new get theirs, in folders with their ids as names; null to keep the
 *     locations of the source
 * @param skipArtifacts whether runs and logged models that are new get locations below {@code artifactRoot} too, where nothing is yet
 */
public record ImportOptions(
        Map<Long, Long> experimentIds,
        boolean mapConflicts,
        Map<String, String> renames,
        String prefix,
        boolean dryRun,
        @Nullable String artifactRoot,
        boolean skipArtifacts) {
    /** Keeps all names and ids. */
    public static final ImportOptions DEFAULT = new ImportOptions(Map.of(), false, Map.of(), "", false);

    private static final String AUTO = "auto";

    /** Creates options that keep the locations of artifacts. */
    public ImportOptions(
            Map<Long, Long> experimentIds,
            boolean mapConflicts,
            Map<String, String> renames,
            String prefix,
            boolean dryRun) {
        this(experimentIds, mapConflicts, renames, prefix, dryRun, null, false);
    }

    public ImportOptions {
        experimentIds = Map.copyOf(experimentIds);
        renames = Map.copyOf(renames);
    }

    /** Returns the location of an experiment that is new in the store. */
    String locationOf(ExperimentRecord experiment) {
        return artifactRoot == null
                ? experiment.artifactLocation()
                : ArtifactLocations.append(artifactRoot, Long.toString(experiment.id()));
    }

    /** Returns a run as it is imported. @param run in its experiment of the store */
    RunRecord located(RunRecord run) {
        return artifactRoot != null && skipArtifacts
                ? run.withArtifactUri(
                        ArtifactLocations.append(artifactRoot, run.experimentId() + "/" + run.id() + "/artifacts"))
                : run;
    }

    /** Returns a logged model as it is imported. @param model in its experiment of the store */
    LoggedModelRecord located(LoggedModelRecord model) {
        return artifactRoot != null && skipArtifacts
                ? model.withArtifactLocation(ArtifactLocations.append(
                        artifactRoot, model.experimentId() + "/models/" + model.id() + "/artifacts"))
                : model;
    }

    /**
     * Returns these options with other locations of artifacts.
     *
     * @param root see {@link #artifactRoot}
     * @param skip see {@link #skipArtifacts}
     */
    public ImportOptions withArtifacts(@Nullable String root, boolean skip) {
        return new ImportOptions(experimentIds, mapConflicts, renames, prefix, dryRun, root, skip);
    }

    /**
     * Parses options as they are written on a command line.
     *
     * @param mapExperiment {@code 3=17} for the id of an experiment in the source and its id in the store, or {@code auto}
     * @param rename {@code old=new}
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if one is malformed
     */
    public static ImportOptions parse(List<String> mapExperiment, List<String> rename, String prefix, boolean dryRun) {
        boolean auto = false;
        Map<Long, Long> ids = new HashMap<>();
        for (String mapping : mapExperiment) {
            if (mapping.equals(AUTO)) {
                auto = true;
            } else if (mapping.matches("\\d{1,18}=\\d{1,18}")) {
                String[] both = mapping.split("=");
                ids.put(Long.valueOf(both[0]), Long.valueOf(both[1]));
            } else {
                throw invalid(
                        "A mapping of experiments is the id of one in the source and its id here, such as 3=17, or auto (got '%s').",
                        mapping);
            }
        }
        Map<String, String> renames = new HashMap<>();
        for (String each : rename) {
            int equals = each.indexOf('=');
            if (equals < 1 || equals == each.length() - 1) {
                throw invalid("A new name is written with the old one, such as old=new (got '%s').", each);
            }
            renames.put(each.substring(0, equals), each.substring(equals + 1));
        }
        return new ImportOptions(ids, auto, renames, prefix, dryRun);
    }

    /** Returns the name in the store of a record of the source. */
    public String nameOf(String name) {
        String renamed = renames.get(name);
        return renamed != null ? renamed : prefix + name;
    }
}
