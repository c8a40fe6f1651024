package dev.kiroku.model.transfer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An import into the database of the server, by the server or by {@code kiroku import}. It never contains a password.
 *
 * @param source as it was given, such as {@code sqlite:////srv/mlflow/mlflow.db}
 * @param description what the source was found to be; null until it was opened
 * @param options how names and IDs are treated
 * @param signedIn whether a user name, a password or a token was given for the source
 * @param startedBy the user
 * @param startTime milliseconds since 1970
 * @param updateTime when the progress was recorded last, in milliseconds since 1970
 * @param endTime null while it is running, and if it was interrupted without notice
 * @param progress how much has been read
 * @param message why it failed; null otherwise
 * @param summary before the end, only what the import leaves
 */
public record ServerImport(
        Long importId,
        State state,
        Boolean dryRun,
        String source,
        @Nullable String description,
        Options options,
        Boolean signedIn,
        String startedBy,
        Long startTime,
        Long updateTime,
        @Nullable Long endTime,
        Progress progress,
        @Nullable String message,
        Summary summary) {
    /** The states of an import. */
    public enum State {
        RUNNING,
        /** Everything that can be imported was. */
        COMPLETED,
        CANCELLED,
        FAILED,
        /** The server or the program ended. The same import goes on where it was. */
        INTERRUPTED
    }

    /**
     * How names and IDs are treated, as the options of {@code kiroku import}.
     *
     * @param mapExperiment {@code 3=17} for the experiment 3 of the source, or {@code auto} for all whose ID is taken
     * @param rename {@code old=new} for names of experiments and registered models
     * @param prefix before all other names; may be empty
     */
    public record Options(List<String> mapExperiment, List<String> rename, String prefix) {
        public Options {
            mapExperiment = List.copyOf(mapExperiment);
            rename = List.copyOf(rename);
        }
    }

    /**
     * How much of the source has been read.
     *
     * @param points metric points
     * @param runsTotal null if the source cannot be counted
     * @param pointsTotal null if the source cannot be counted
     */
    public record Progress(
            Long runs,
            Long points,
            @Nullable Long runsTotal,
            @Nullable Long pointsTotal) {
        /** Nothing yet. */
        public static final Progress NONE = new Progress(0L, 0L, null, null);
    }

    /**
     * What an import did or, as a dry run, would do.
     *
     * @param left what the source has and an import leaves, such as {@code 1204 traces}
     * @param problems the first records that could not be read, a sentence each
     * @param conflicts the first records that did not fit, a sentence each
     */
    public record Summary(
            List<Count> counts,
            List<String> left,
            List<String> problems,
            Long problemCount,
            List<String> conflicts,
            Long conflictCount) {}

    /**
     * Numbers of records of one kind.
     *
     * @param kind such as {@code RUN}
     * @param unchanged records that were here already
     */
    public record Count(String kind, Long added, Long updated, Long unchanged) {}
}
