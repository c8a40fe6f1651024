package dev.kiroku.transfer.source.neptune;

import dev.kiroku.transfer.source.tracker.LeftRecords;
import dev.kiroku.transfer.source.tracker.Numbers;
import dev.kiroku.transfer.source.tracker.RunBuilder;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Collects the attributes of a run: those below {@code sys/} describe it, and all others are params. Not thread-safe. */
final class Attributes {
    private static final String SYSTEM = "sys/";

    private final RunBuilder run;
    private final String id;
    private final UnaryOperator<String> runIds;
    private String name = "";
    private String customId = "";
    private boolean failed;
    private @Nullable Long created;
    private long firstPoint = Long.MAX_VALUE;
    private long lastPoint;
    private long modified;

    /**
     * Creates a collector.
     *
     * @param originalId of the run in its project
     * @param runIds returns the ID in Kiroku of a run of the same project
     */
    Attributes(String originalId, LeftRecords left, UnaryOperator<String> runIds) {
        this.run = new RunBuilder(runIds.apply(originalId), left);
        this.id = originalId;
        this.runIds = runIds;
    }

    void onTime(long timestamp) {
        if (timestamp > 0) {
            firstPoint = Math.min(firstPoint, timestamp);
            lastPoint = Math.max(lastPoint, timestamp);
        }
    }

    /** @param value a boolean, number, text, a time in milliseconds, or a list of texts */
    void add(String path, String type, Object value) {
        String text = text(type, value);
        if (!path.startsWith(SYSTEM)) {
            run.param(path, text);
            return;
        }
        switch (path.substring(SYSTEM.length())) {
            case "name" -> name = text;
            case "custom_run_id" -> customId = text;
            case "description" -> run.note(text);
            case "owner" -> run.user(text);
            case "failed" -> failed = Boolean.TRUE.equals(value);
            case "creation_time" -> created = value instanceof Long time ? time : created;
            case "modification_time", "ping_time" ->
                modified = value instanceof Long time ? Math.max(modified, time) : modified;
            case "forking/parent" -> run.tag("mlflow.parentRunId", runIds.apply(text));
            default -> {}
        }
        if (!text.isEmpty()) {
            run.tag("neptune." + path, text);
        }
    }

    private static String text(String type, Object value) {
        return switch (value) {
            case Boolean bool -> bool ? "True" : "False";
            case Double number -> Numbers.format(number);
            case Long time
            when type.equals("datetime") -> Instant.ofEpochMilli(time).toString();
            case List<?> items -> items.stream().map(String::valueOf).sorted().collect(Collectors.joining(", "));
            default -> value.toString();
        };
    }

    boolean isFailed() {
        return failed;
    }

    /** Returns a builder with what was collected. */
    RunBuilder build() {
        run.name(id);
        run.name(customId);
        run.name(name);
        long start = created != null ? created : firstPoint == Long.MAX_VALUE ? 0 : firstPoint;
        long end = lastPoint > 0 ? lastPoint : modified;
        run.times(start, Math.max(start, end));
        return run;
    }
}
