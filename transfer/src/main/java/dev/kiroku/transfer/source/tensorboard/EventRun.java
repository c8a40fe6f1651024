package dev.kiroku.transfer.source.tensorboard;

import static java.util.Objects.requireNonNull;

import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.transfer.source.PointCollector;
import dev.kiroku.transfer.source.files.Problems;
import dev.kiroku.transfer.source.tracker.LeftRecords;
import dev.kiroku.transfer.source.tracker.MetricWriter;
import dev.kiroku.transfer.source.tracker.RunBuilder;
import dev.kiroku.transfer.source.tracker.RunIds;
import dev.kiroku.transfer.source.tracker.TrackedRun;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A folder with event files, which is what TensorBoard shows as a run.
 *
 * @param name the path of the folder in the folder of the source
 * @param files ordered by name, which has the time of its creation
 */
record EventRun(String project, String name, Path folder, List<Path> files, Problems problems, LeftRecords left)
        implements TrackedRun {
    private static final String TRACKER = "tensorboard";
    private static final int MAX_IDENTIFYING_BYTES = 4096;

    @Override
    public Optional<RunRecord> read(long experimentId) {
        Optional<String> id = findId();
        if (id.isEmpty()) {
            return Optional.empty();
        }
        RunBuilder run = new RunBuilder(id.get(), left);
        Collector collector = new Collector(run);
        readEvents(collector);
        if (collector.events == 0) {
            problems.add(folder + " is left out: its event files have no events.");
            return Optional.empty();
        }
        run.origin(TRACKER, name);
        run.name(name);
        run.artifactUri(folder.toUri().toString().replaceAll("/$", ""));
        long end = MetricWriter.millis(collector.last);
        run.status(collector.status);
        run.times(MetricWriter.millis(collector.first), collector.status == RunStatus.RUNNING ? null : (Long) end);
        collector.others.forEach((kind, number) -> left.add(kind + " (they are in the event files)", number));
        return Optional.of(run.build(experimentId, collector.points));
    }

    /**
     * Returns an ID that stays if the folder is moved as a whole, or grows. The first event has the time in microseconds, which tells writers apart
     * that began in the same second.
     */
    private Optional<String> findId() {
        Path first = files.getFirst();
        try (InputStream in = Files.newInputStream(first)) {
            return Optional.of(RunIds.of(
                    TRACKER,
                    requireNonNull(folder.getFileName()).toString(),
                    requireNonNull(first.getFileName()).toString(),
                    RunIds.hash(readFirstRecord(in))));
        } catch (IOException e) {
            problems.add(folder + " is left out: " + e.getMessage() + ".");
            return Optional.empty();
        }
    }

    private static byte[] readFirstRecord(InputStream in) throws IOException {
        byte[] length = in.readNBytes(Long.BYTES);
        long size = length.length < Long.BYTES
                ? 0
                : ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
        // With the checksum of the length.
        return in.readNBytes(Math.clamp(Integer.BYTES + size, 0, MAX_IDENTIFYING_BYTES));
    }

    private void readEvents(EventListener listener) {
        EventParser parser = new EventParser(listener);
        files.forEach(file -> new EventFile(file, problems).read(event -> {
            parser.parse(event);
            return true;
        }));
    }

    @Override
    public void readMetrics(String runId, PointCollector points) {
        MetricWriter metrics = new MetricWriter(runId, points, problems);
        readEvents(new EventListener() {
            @Override
            public void onScalar(String tag, double seconds, long step, double value) {
                metrics.add(tag, MetricWriter.millis(seconds), step, value);
            }
        });
    }

    @Override
    public String toString() {
        return folder.toString();
    }

    /** Collects everything but the points, which it counts. */
    private static final class Collector implements EventListener {
        private final RunBuilder run;
        private final Map<String, Long> others = new LinkedHashMap<>();
        private RunStatus status = RunStatus.FINISHED;
        private double first = Double.POSITIVE_INFINITY;
        private double last;
        private long events;
        private long points;

        Collector(RunBuilder run) {
            this.run = run;
        }

        @Override
        public void onEvent(double seconds) {
            events++;
            first = seconds > 0 ? Math.min(first, seconds) : first;
            last = Math.max(last, seconds);
        }

        @Override
        public void onScalar(String tag, double seconds, long step, double value) {
            points++;
        }

        @Override
        public void onParam(String name, String value) {
            run.param(name, value);
        }

        @Override
        public void onStatus(RunStatus reported) {
            status = reported;
        }

        @Override
        public void onOther(String kind) {
            others.merge(kind, 1L, Long::sum);
        }
    }
}
