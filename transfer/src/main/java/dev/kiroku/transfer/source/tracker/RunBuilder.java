package dev.kiroku.transfer.source.tracker;

import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.RunStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects what is known of a run, and converts it to a record that every client can read: names as of {@link KeyNames}, values of limited length
 * without characters that databases refuse. Not thread-safe.
 */
public final class RunBuilder {
    private static final int MAX_PARAM = 6000;
    private static final int MAX_TAG = 8000;
    private static final int MAX_NAME = 250;
    private static final int MAX_VALUES = 10_000;
    private static final String SOURCE_TAG = "kiroku.import.source";
    private static final String ID_TAG = "kiroku.import.id";
    private static final String URL_TAG = "kiroku.import.url";
    private static final String NAME_TAG = "mlflow.runName";
    private static final String NOTE_TAG = "mlflow.note.content";
    private static final String USER_TAG = "mlflow.user";

    private final String id;
    private final LeftRecords left;
    private final Map<String, String> params = new LinkedHashMap<>();
    private final Map<String, String> tags = new LinkedHashMap<>();
    private final KeyNames paramNames = new KeyNames();
    private final KeyNames tagNames = new KeyNames();
    private String name = "";
    private String user = "";
    private RunStatus status = RunStatus.FINISHED;
    private long startTime;
    private @Nullable Long endTime;
    private String artifactUri = "";

    /**
     * Creates a builder.
     *
     * @param id of the run in Kiroku
     * @param left counts params and tags that are cut or left out
     */
    public RunBuilder(String id, LeftRecords left) {
        this.id = id;
        this.left = left;
    }

    /** Sets where the run comes from: the tracker, and its identifier there. */
    public void origin(String tracker, String originalId) {
        tag(SOURCE_TAG, tracker);
        tag(ID_TAG, originalId);
    }

    /** Sets the address of the page of the run. */
    public void url(String url) {
        tag(URL_TAG, url);
    }

    /** Sets the name; an empty one is ignored. */
    public void name(String text) {
        if (!text.isEmpty()) {
            name = cut(text, MAX_NAME);
        }
    }

    /** Sets the user; an empty one is ignored. */
    public void user(String text) {
        if (!text.isEmpty()) {
            user = cut(text, MAX_NAME);
        }
    }

    /** Sets the description; an empty one is ignored. */
    public void note(String text) {
        if (!text.isEmpty()) {
            tag(NOTE_TAG, text);
        }
    }

    /** Sets the status; FINISHED without a call. */
    public void status(RunStatus value) {
        status = value;
    }

    /**
     * Sets the times in milliseconds since 1970.
     *
     * @param end null if the run has not ended
     */
    public void times(long start, @Nullable Long end) {
        startTime = start;
        endTime = end;
    }

    /** Sets where the artifacts are. */
    public void artifactUri(String uri) {
        artifactUri = uri;
    }

    /** Adds a param, or replaces one of the same key. */
    public void param(String key, String value) {
        put(params, paramNames, key, value, MAX_PARAM, "params");
    }

    /** Adds a tag, or replaces one of the same key. */
    public void tag(String key, String value) {
        put(tags, tagNames, key, value, MAX_TAG, "tags");
    }

    private void put(Map<String, String> to, KeyNames names, String key, String value, int limit, String kind) {
        var converted = names.convert(key);
        if (converted.isEmpty() || to.size() >= MAX_VALUES && !to.containsKey(converted.get())) {
            left.add(kind + " of runs with more than " + MAX_VALUES, 1);
            return;
        }
        if (value.length() > limit) {
            left.add(kind + " that are cut after " + limit + " characters", 1);
        }
        to.put(converted.get(), cut(value, limit));
    }

    /** Returns a text of limited length, with U+FFFD for NUL and halves of surrogate pairs. */
    static String cut(String text, int limit) {
        StringBuilder kept = new StringBuilder(Math.min(text.length(), limit));
        for (int i = 0; i < text.length() && kept.length() < limit; i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            boolean unstorable = c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
            if (kept.length() + Character.charCount(c) <= limit) {
                kept.appendCodePoint(unstorable ? 0xFFFD : c);
            }
        }
        return kept.toString();
    }

    /**
     * Returns the run.
     *
     * @param points the number of its metric points, or {@link RunRecord#UNKNOWN}
     */
    public RunRecord build(long experimentId, long points) {
        tag(NAME_TAG, name);
        if (!user.isEmpty()) {
            tag(USER_TAG, user);
        }
        return new RunRecord(
                id,
                experimentId,
                name,
                user,
                status,
                startTime,
                endTime,
                LifecycleStage.ACTIVE,
                null,
                artifactUri,
                pairs(params),
                pairs(tags),
                List.of(),
                List.of(),
                List.of(),
                points);
    }

    private static List<KeyValue> pairs(Map<String, String> values) {
        List<KeyValue> pairs = new ArrayList<>(values.size());
        values.forEach((key, value) -> pairs.add(new KeyValue(key, value)));
        return pairs;
    }
}
