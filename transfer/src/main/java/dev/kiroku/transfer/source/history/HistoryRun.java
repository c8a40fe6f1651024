package dev.kiroku.transfer.source.history;

import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.transfer.source.PointCollector;
import dev.kiroku.transfer.source.files.Problems;
import dev.kiroku.transfer.source.history.HistoryFolderSource.RunKey;
import dev.kiroku.transfer.source.tracker.JsonParams;
import dev.kiroku.transfer.source.tracker.LeftRecords;
import dev.kiroku.transfer.source.tracker.MetricWriter;
import dev.kiroku.transfer.source.tracker.RunBuilder;
import dev.kiroku.transfer.source.tracker.RunIds;
import dev.kiroku.transfer.source.tracker.TrackedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A folder with a run. */
record HistoryRun(RunKey key, Path folder, Problems problems, LeftRecords left) implements TrackedRun {
    private static final String ARTIFACTS = "artifacts";

    @Override
    public String project() {
        return key.project();
    }

    @Override
    public Optional<RunRecord> read(long experimentId) {
        JsonNode fields;
        try {
            fields = HistoryFolderSource.readRun(folder);
        } catch (IOException e) {
            problems.add(folder + " is left out: " + e.getMessage() + ".");
            return Optional.empty();
        }
        RunBuilder run = new RunBuilder(RunIds.of(key.source(), key.entity(), key.project(), key.id()), left);
        String original = key.project() + "/" + key.id();
        run.origin(key.source(), key.entity().isEmpty() ? original : key.entity() + "/" + original);
        run.name(key.id());
        run.name(fields.path("name").asString(""));
        run.user(fields.path("user").asString(""));
        run.note(fields.path("notes").asString(""));
        if (fields.path("url").isString()) {
            run.url(fields.path("url").asString());
        }
        JsonParams.flatten("", fields.path("params"), run::param);
        addTags(run, fields.path("tags"));
        RunStatus status = status(fields.path("state").asString(""));
        run.status(status);
        long start = time(fields.path("start_time"));
        Counter points = new Counter();
        new HistoryFile(folder, problems).read(start, points);
        JsonParams.flatten(
                "", fields.path("summary"), (name, value) -> run.tag(key.source() + ".summary." + name, value));
        long end = Math.max(time(fields.path("end_time")), Math.max(start, points.last));
        run.times(start, status == RunStatus.RUNNING ? null : (Long) end);
        Path artifacts = folder.resolve(ARTIFACTS);
        if (Files.isDirectory(artifacts)) {
            run.artifactUri(artifacts.toUri().toString().replaceAll("/$", ""));
        }
        left.add("texts of histories", points.texts);
        return Optional.of(run.build(experimentId, points.size));
    }

    /** Adds tags: an object, or a list of texts, which becomes one tag. */
    private void addTags(RunBuilder run, JsonNode tags) {
        if (tags.isArray() && !tags.isEmpty()) {
            run.tag(
                    key.source() + ".tags",
                    StreamSupport.stream(tags.spliterator(), false)
                            .map(tag -> tag.asString(""))
                            .collect(Collectors.joining(", ")));
        } else if (tags.isObject()) {
            JsonParams.flatten("", tags, run::tag);
        }
    }

    private static RunStatus status(String state) {
        return switch (state.toLowerCase(Locale.ROOT)) {
            case "running" -> RunStatus.RUNNING;
            case "failed", "crashed" -> RunStatus.FAILED;
            case "killed" -> RunStatus.KILLED;
            default -> RunStatus.FINISHED;
        };
    }

    /** Returns the milliseconds of a time: seconds since 1970, or a text as of ISO 8601; 0 if it is missing. */
    private static long time(JsonNode time) {
        return time.isNumber() ? MetricWriter.millis(time.asDouble()) : time(time.asString(""));
    }

    static long time(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return 0;
        }
        try {
            boolean hasZone = text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)");
            Instant time = OffsetDateTime.parse((hasZone ? text : text + "Z").replace(' ', 'T'))
                    .toInstant();
            return Math.max(0, time.toEpochMilli());
        } catch (DateTimeParseException | ArithmeticException e) {
            return 0;
        }
    }

    @Override
    public void readMetrics(String runId, PointCollector points) {
        MetricWriter metrics = new MetricWriter(runId, points, problems);
        long start = 0;
        try {
            start = time(HistoryFolderSource.readRun(folder).path("start_time"));
        } catch (IOException e) {
            problems.add(folder + " is left out: " + e.getMessage() + ".");
        }
        new HistoryFile(folder, problems).read(start, new HistoryFile.Listener() {
            @Override
            public void onPoint(String name, long timestamp, long step, double value) {
                metrics.add(name, timestamp, step, value);
            }
        });
    }

    @Override
    public String toString() {
        return folder.toString();
    }

    private static final class Counter implements HistoryFile.Listener {
        private long size;
        private long texts;
        private long last;

        @Override
        public void onPoint(String name, long timestamp, long step, double value) {
            size++;
            last = Math.max(last, timestamp);
        }

        @Override
        public void onText() {
            texts++;
        }
    }
}
