package dev.kiroku.bench.seed;

import java.util.List;

/**
 * The i-th run of an experiment of a given size, equal on every server: ten metrics distributed evenly over [0, 1), and params and tags of
 * which some are common and some are rare.
 */
public record SampleRun(String size, int i) {
    static final int METRICS = 10;
    static final List<String> PARAM_KEYS = List.of("lr", "depth", "seed");
    static final List<String> TAG_KEYS = List.of("mlflow.runName", "mlflow.user", "team");
    private static final long FIRST_START = 1_700_000_000_000L;

    String runId() {
        return "%016x%016x".formatted(mix(size.hashCode() * 31L + i, 1), mix(i, size.hashCode()));
    }

    String name() {
        return "run-" + size + "-" + i;
    }

    long start() {
        return FIRST_START + i * 1000L;
    }

    double metric(int key) {
        return (mix(i, key) >>> 11) * 0x1.0p-53;
    }

    /** Returns the values in the order of {@link #PARAM_KEYS}: one of 10, one of 100, and a unique one. */
    List<String> params() {
        return List.of("0.0" + among(10, 101), Integer.toString(among(100, 102)), name());
    }

    /** Returns the values in the order of {@link #TAG_KEYS}. */
    List<String> tags() {
        return List.of(name(), "bench", "team-" + among(20, 103));
    }

    private int among(int n, int salt) {
        return (int) Long.remainderUnsigned(mix(i, salt), n);
    }

    /** SplitMix64. */
    private static long mix(long a, long b) {
        long z = a * 0x9E3779B97F4A7C15L + b * 0xD1B54A32D192ED03L + 0x2545F4914F6CDD1DL;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
