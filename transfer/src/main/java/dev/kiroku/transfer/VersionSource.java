package dev.kiroku.transfer;

import dev.kiroku.core.transfer.RegisteredModelRecord.Version;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a copy of a model version has its files: in a run or a logged model of the same id, which was copied before.
 *
 * @param uri {@code runs:/…} or {@code models:/m-…}, which every server resolves to its own location
 * @param runId null for none
 * @param modelId the logged model; null for none
 */
record VersionSource(
        String uri, @Nullable String runId, @Nullable String modelId) {
    private static final Pattern MODEL_URI = Pattern.compile("models:/+(m-[0-9A-Za-z]{1,64})");
    /** Where all releases of MLflow that have logged models put their files, below the location of the experiment. */
    private static final Pattern MODEL_FOLDER = Pattern.compile(".*/models/(m-[0-9A-Za-z]{1,64})/artifacts/*");

    private static final Pattern RUN_URI = Pattern.compile("runs:/+[^/]+(/.*)?");

    /** Returns the source of a copy; empty if the files of the version belong to no run or logged model. */
    static Optional<VersionSource> of(Version version) {
        for (String location : new String[] {version.source(), version.storageLocation()}) {
            Matcher model = MODEL_URI.matcher(location);
            Matcher folder = MODEL_FOLDER.matcher(location);
            if (model.matches() || folder.matches()) {
                String id = model.matches() ? model.group(1) : folder.group(1);
                return Optional.of(new VersionSource("models:/" + id, runOf(version), id));
            }
        }
        String runId = runOf(version);
        if (runId == null) {
            return Optional.empty();
        }
        for (String location : new String[] {version.source(), version.storageLocation()}) {
            String below = location.startsWith("runs:") ? belowRun(location) : belowFolder(location, runId);
            if (below != null) {
                return Optional.of(new VersionSource("runs:/" + runId + below, runId, null));
            }
        }
        return Optional.empty();
    }

    private static @Nullable String runOf(Version version) {
        String run = version.runId();
        return run == null || run.isEmpty() ? null : run;
    }

    private static @Nullable String belowRun(String location) {
        Matcher uri = RUN_URI.matcher(location);
        return uri.matches() ? orEmpty(uri.group(1)) : null;
    }

    /** Returns what follows the folder of a run's artifacts; null if the location is not in it. */
    private static @Nullable String belowFolder(String location, String runId) {
        Matcher folder = Pattern.compile(".*/" + Pattern.quote(runId) + "/artifacts(/.*)?")
                .matcher(location);
        return folder.matches() ? orEmpty(folder.group(1)) : null;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text.replaceFirst("/+$", "");
    }
}
