package dev.kiroku.serving.metrics;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** Counters and histograms of the model server, written in Prometheus's text format. Gauges are read when they are asked for. */
public final class ServingMetrics {
    private static final double[] DURATION_BOUNDS = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
    };
    private static final double[] COUNT_BOUNDS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

    /**
     * What is counted; found again with every request, so its text is made only when it is written.
     *
     * @param labels names and values by turns
     */
    private record SeriesKey(String name, List<String> labels) implements Comparable<SeriesKey> {
        @Override
        public int compareTo(SeriesKey other) {
            int byName = name.compareTo(other.name);
            return byName != 0 ? byName : labelText().compareTo(other.labelText());
        }

        /** The labels as they are written between the braces. */
        String labelText() {
            return ServingMetrics.formatLabels(labels);
        }
    }

    /** How often values of each size came. */
    public static final class Histogram {
        private final double[] bounds;
        private final LongAdder[] buckets;
        private final DoubleAdder sum = new DoubleAdder();

        private Histogram(double[] bounds) {
            this.bounds = bounds;
            buckets = new LongAdder[bounds.length + 1];
            java.util.Arrays.setAll(buckets, i -> new LongAdder());
        }

        public void observe(double value) {
            int bucket = 0;
            while (bucket < bounds.length && value > bounds[bucket]) {
                bucket++;
            }
            buckets[bucket].increment();
            sum.add(value);
        }
    }

    private final Map<SeriesKey, LongAdder> counters = new ConcurrentHashMap<>();
    private final Map<SeriesKey, Histogram> histograms = new ConcurrentHashMap<>();

    /**
     * A counter, told from now on, and for who counts often to keep.
     *
     * @param labels names and values by turns
     */
    public LongAdder counter(String name, String... labels) {
        return counters.computeIfAbsent(new SeriesKey(name, List.of(labels)), series -> new LongAdder());
    }

    /** Counts one more. */
    public void increment(String name, String... labels) {
        counter(name, labels).increment();
    }

    /** A histogram of times; as a counter, it may be kept. */
    public Histogram durationHistogram(String name, String... labels) {
        return histograms.computeIfAbsent(
                new SeriesKey(name, List.of(labels)), series -> new Histogram(DURATION_BOUNDS));
    }

    /** A histogram of numbers of things. */
    public Histogram countHistogram(String name, String... labels) {
        return histograms.computeIfAbsent(new SeriesKey(name, List.of(labels)), series -> new Histogram(COUNT_BOUNDS));
    }

    /** One line of a gauge; lines of one name must be written together. */
    public static void writeGauge(StringBuilder text, String name, double value, String... labels) {
        if (text.indexOf("# TYPE " + name + " gauge\n") < 0) {
            text.append("# TYPE ").append(name).append(" gauge\n");
        }
        writeSample(text, name, formatLabels(List.of(labels)), value);
    }

    /** Appends all counters and histograms. */
    public void write(StringBuilder text) {
        String last = "";
        for (Map.Entry<SeriesKey, LongAdder> counter : new TreeMap<>(counters).entrySet()) {
            last = writeType(text, last, counter.getKey().name, "counter");
            writeSample(
                    text,
                    counter.getKey().name,
                    counter.getKey().labelText(),
                    counter.getValue().sum());
        }
        for (Map.Entry<SeriesKey, Histogram> entry : new TreeMap<>(histograms).entrySet()) {
            String name = entry.getKey().name;
            String labels = entry.getKey().labelText();
            Histogram histogram = entry.getValue();
            last = writeType(text, last, name, "histogram");
            long below = 0;
            for (int i = 0; i < histogram.buckets.length; i++) {
                below += histogram.buckets[i].sum();
                String bound = i < histogram.bounds.length ? formatNumber(histogram.bounds[i]) : "+Inf";
                writeSample(
                        text, name + "_bucket", labels + (labels.isEmpty() ? "" : ",") + "le=\"" + bound + "\"", below);
            }
            writeSample(text, name + "_sum", labels, histogram.sum.sum());
            writeSample(text, name + "_count", labels, below);
        }
    }

    private static String writeType(StringBuilder text, String last, String name, String type) {
        if (!name.equals(last)) {
            text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        }
        return name;
    }

    private static void writeSample(StringBuilder text, String name, String labels, double value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append('{').append(labels).append('}');
        }
        text.append(' ').append(formatNumber(value)).append('\n');
    }

    private static String formatNumber(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private static String formatLabels(List<String> labels) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < labels.size(); i += 2) {
            text.append(i == 0 ? "" : ",")
                    .append(labels.get(i))
                    .append("=\"")
                    .append(labels.get(i + 1)
                            .replace("\\", "\\\\")
                            .replace("\"", "\\\"")
                            .replace("\n", "\\n"))
                    .append('"');
        }
        return text.toString();
    }
}
