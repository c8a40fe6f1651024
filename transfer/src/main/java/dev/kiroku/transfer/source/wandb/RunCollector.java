package dev.kiroku.transfer.source.wandb;

import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.transfer.source.tracker.LeftRecords;
import dev.kiroku.transfer.source.tracker.MetricWriter;
import dev.kiroku.transfer.source.wandb.LogParser.Item;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects the records of one run. Rows of the history become points at once. Numbers of the summary that no row has become points of step 0; values
 * that differ from the last row become tags.
 */
final class RunCollector implements LogListener {
    private static final int MAX_KEYS = 100_000;
    private static final String SYSTEM = "system/"; // as MLflow calls metrics of the machine

    private final LeftRecords left;
    private final MetricSink metrics;
    private final ItemMap config;
    private final ItemMap summary;
    private final Map<String, Double> lastValues = new HashMap<>();
    private final Map<String, String> summaryTags = new TreeMap<>();
    private final Map<String, Long> others = new TreeMap<>();
    private @Nullable RunFields fields;
    private @Nullable Long exitCode;
    private long lastTimestamp;
    private long points;
    private long statsRows;

    /**
     * Creates a collector.
     *
     * @param left counts what is left because there is too much
     */
    RunCollector(LeftRecords left, MetricSink metrics) {
        this.left = left;
        this.metrics = metrics;
        this.config = new ItemMap("values of configs", left);
        this.summary = new ItemMap("values of summaries", left);
    }

    /** Begins the next file: a run that was resumed goes on. */
    void onFile() {
        exitCode = null;
    }

    @Override
    public void onRun(RunFields run) {
        fields = fields == null ? run : run.over(fields);
    }

    @Override
    public void onConfig(List<Item> items) {
        config.put(items);
    }

    @Override
    public void onConfigRemoved(List<Item> items) {
        config.remove(items);
    }

    @Override
    public void onSummary(List<Item> items) {
        summary.put(items);
    }

    @Override
    public void onSummaryRemoved(List<Item> items) {
        summary.remove(items);
    }

    @Override
    public void onHistory(List<Item> items, long recordStep) {
        long step = recordStep;
        long timestamp = lastTimestamp;
        for (Item item : items) {
            Double number = item.key().equals("_step") || item.key().equals("_timestamp")
                    ? HistoryValues.number(item.json())
                    : null;
            if (number != null && item.key().equals("_step")) {
                step = number.longValue();
            } else if (number != null) {
                timestamp = MetricWriter.millis(number);
            }
        }
        lastTimestamp = Math.max(lastTimestamp, timestamp);
        HistoryValues values = HistoryValues.of(items);
        for (var number : values.numbers().entrySet()) {
            add(number.getKey(), timestamp, step, number.getValue());
            if (lastValues.size() < MAX_KEYS || lastValues.containsKey(number.getKey())) {
                lastValues.put(number.getKey(), number.getValue());
            }
        }
        values.texts().keySet().forEach(_ -> onOther("texts of histories"));
        values.media().values().forEach(type -> onOther("values of histories of the type " + mediaType(type)));
    }

    private static String mediaType(String type) {
        return type.matches("[\\w-]{1,40}") ? type : "unknown";
    }

    private void add(String key, long timestamp, long step, double value) {
        points++;
        metrics.add(key, timestamp, step, value);
    }

    @Override
    public void onStats(List<Item> items, long timestamp) {
        for (Item item : items) {
            Double number = HistoryValues.number(item.json());
            if (number != null && !item.key().startsWith("_")) {
                add(SYSTEM + item.key(), timestamp, statsRows, number);
            }
        }
        statsRows++;
        lastTimestamp = Math.max(lastTimestamp, timestamp);
    }

    @Override
    public void onExit(long code) {
        exitCode = code;
    }

    @Override
    public void onOther(String kind) {
        others.merge(kind, 1L, Long::sum);
    }

    /**
     * Ends the run.
     *
     * @param startTime of the run, which is the time of values that no row has
     */
    void end(long startTime) {
        HistoryValues values = HistoryValues.of(summary.items());
        values.numbers().forEach((key, number) -> {
            Double last = lastValues.get(key);
            if (last == null) {
                add(key, startTime, 0, number);
            } else if (!last.equals(number)) {
                summaryTags.put(key, number.toString());
            }
        });
        summaryTags.putAll(values.texts());
    }

    /** Returns the last state of the run; {@code missing} if there was none. */
    RunFields fields(RunFields missing) {
        return fields == null ? missing : fields;
    }

    RunStatus status() {
        if (exitCode == null) {
            return RunStatus.RUNNING;
        }
        return exitCode == 0 ? RunStatus.FINISHED : RunStatus.FAILED;
    }

    long lastTimestamp() {
        return lastTimestamp;
    }

    long points() {
        return points;
    }

    void forEachConfig(BiConsumer<String, String> consumer) {
        for (Item item : config.items()) {
            if (!item.key().startsWith("_wandb")) {
                consumer.accept(item.key(), item.json());
            }
        }
    }

    void forEachSummaryTag(BiConsumer<String, String> consumer) {
        summaryTags.forEach(consumer);
    }

    /** Counts the records of other kinds. */
    void countOthers() {
        others.forEach(left::add);
    }
}
