package dev.kiroku.core.guard;

import dev.kiroku.model.access.ResourceType;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the source of a model version, or the artifact location of an experiment, refers to. */
sealed interface ArtifactSource {
    /** The versions of a registered model. */
    record ModelVersion(String model) implements ArtifactSource {}

    /** A run or a logged model. */
    record Part(ResourceType type, String id) implements ArtifactSource {}

    /** A folder in an artifact store. */
    record Location(String uri) implements ArtifactSource {}

    Pattern MODEL_URI = Pattern.compile("models:/+([^/@]+)([/@].*)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    Pattern RUN_URI = Pattern.compile("runs:/+([^/]+).*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    Pattern LOGGED_MODEL_ID = Pattern.compile("m-[0-9a-zA-Z]+");

    /** Returns what a URI refers to. */
    static ArtifactSource parse(String uri) {
        Matcher model = MODEL_URI.matcher(uri);
        if (model.matches()) {
            String name = model.group(1);
            return model.group(2) == null && LOGGED_MODEL_ID.matcher(name).matches()
                    ? new Part(ResourceType.LOGGED_MODEL, name)
                    : new ModelVersion(name);
        }
        Matcher run = RUN_URI.matcher(uri);
        return run.matches() ? new Part(ResourceType.RUN, run.group(1)) : new Location(uri);
    }

    /** Returns whether a URI refers to a model version. */
    static boolean isModelVersion(String uri) {
        return parse(uri) instanceof ModelVersion;
    }
}
