package dev.kiroku.transfer.artifacts;

import dev.kiroku.core.transfer.RegisteredModelRecord.Version;
import dev.kiroku.core.transfer.RelocationStore;
import dev.kiroku.core.transfer.RelocationStore.StoredLocation;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds where the copies of files of model versions are: most versions are folders of a run or a logged model, which are copied with it. The
 * locations of these end in the same folders wherever they are.
 */
public record VersionLocations(RelocationStore store) {
    private static final Pattern OF_RUN = Pattern.compile(".*/([0-9a-f]{32})/artifacts((?:/.*)?)", Pattern.DOTALL);
    private static final Pattern OF_MODEL =
            Pattern.compile(".*/models/(m-[0-9a-zA-Z]+)/artifacts((?:/.*)?)", Pattern.DOTALL);

    /** Returns where a location of a run or logged model is now; empty if it is of none that the store has. */
    public Optional<String> find(String location) {
        Matcher model = OF_MODEL.matcher(location);
        if (model.matches()) {
            return append(store.findLoggedModels(List.of(model.group(1))).get(model.group(1)), model.group(2));
        }
        Matcher run = OF_RUN.matcher(location);
        return run.matches()
                ? append(store.findRuns(List.of(run.group(1))).get(run.group(1)), run.group(2))
                : Optional.empty();
    }

    private static Optional<String> append(@Nullable StoredLocation stored, String below) {
        return Optional.ofNullable(stored).map(location -> location.uri() + below);
    }

    /** Returns whether a location looks like one of a run or logged model. */
    public static boolean isPartOfRecord(String location) {
        return OF_MODEL.matcher(location).matches() || OF_RUN.matcher(location).matches();
    }

    /**
     * Returns the source of a version whose files are copied.
     *
     * @param to where they are now
     */
    public String sourceOf(Version version, String to) {
        if (isReference(version.source())) {
            return version.source();
        }
        return version.source().equals(version.storageLocation())
                ? to
                : find(version.source()).orElse(version.source());
    }

    /** Returns whether a source is resolved by the server, and so is right wherever the files are. */
    public static boolean isReference(String source) {
        return source.regionMatches(true, 0, "runs:", 0, 5) || source.regionMatches(true, 0, "models:", 0, 7);
    }
}
