package dev.kiroku.http.prometheus;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** A histogram with fixed buckets. Threads may observe values while another reads: a reader sees every value that was observed before. */
public final class Histogram {
    /**
     * The upper bounds of buckets, ascending. The text of a bound is the value of the label {@code le} and with that a part of the time
     * series' identity, so bounds are declared as text.
     */
    public record Buckets(List<String> labels, double[] bounds) {
        /** Returns buckets with these upper bounds; values above the last go into the bucket {@code +Inf}. */
        public static Buckets of(String... bounds) {
            return new Buckets(
                    List.of(bounds),
                    Arrays.stream(bounds).mapToDouble(Double::parseDouble).toArray());
        }
    }

    private final Buckets buckets;
    private final LongAdder[] counts;
    private final DoubleAdder sum = new DoubleAdder();

    /** Creates an empty histogram. */
    public Histogram(Buckets buckets) {
        this.buckets = buckets;
        this.counts = new LongAdder[buckets.bounds.length + 1];
        Arrays.setAll(counts, i -> new LongAdder());
    }

    /** Adds a value. */
    public void observe(double value) {
        int bucket = 0;
        while (bucket < buckets.bounds.length && value > buckets.bounds[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        sum.add(value);
    }

    /** Returns the number of buckets, {@code +Inf} included. */
    int size() {
        return counts.length;
    }

    /** Returns the label of a bucket's upper bound. */
    String label(int bucket) {
        return bucket < buckets.labels.size() ? buckets.labels.get(bucket) : "+Inf";
    }

    /** Returns the number of values in one bucket, those of lower buckets not included. */
    long count(int bucket) {
        return counts[bucket].sum();
    }

    /** Returns the sum of all values. */
    double sum() {
        return sum.sum();
    }
}
