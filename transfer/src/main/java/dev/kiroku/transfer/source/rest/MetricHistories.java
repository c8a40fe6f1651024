package dev.kiroku.transfer.source.rest;

import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.source.PointCollector;
import dev.kiroku.transfer.source.files.Problems;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads metric histories. The first pages of several metrics are read at once; the following ones, and answers of servers that know no pages, as
 * a stream when it is their turn.
 */
final class MetricHistories {
    private static final String GET_HISTORY = "/2.0/mlflow/metrics/get-history";
    /** As many as MLflow's client asks for. */
    static final int PAGE_SIZE = 25_000;

    private final ServerReader server;
    private final Problems problems;

    MetricHistories(ServerReader server, Problems problems) {
        this.server = server;
        this.problems = problems;
    }

    /** A metric of a run. */
    record Series(String runId, String key) {}

    /**
     * The first points of a metric.
     *
     * @param nextToken null if there are no more pages
     * @param whole false if the server sent more than a page, which is not kept
     */
    private record FirstPage(Points points, @Nullable String nextToken, boolean whole) {}

    /** Points in arrays that grow. */
    private static final class Points {
        private long[] timestamps = new long[16];
        private long[] steps = new long[16];
        private double[] values = new double[16];
        private int size;

        /** Adds a point; returns false without effect if there are as many as a page has. */
        boolean add(long timestamp, long step, double value) {
            if (size == PAGE_SIZE) {
                return false;
            }
            if (size == values.length) {
                timestamps = Arrays.copyOf(timestamps, 2 * size);
                steps = Arrays.copyOf(steps, 2 * size);
                values = Arrays.copyOf(values, 2 * size);
            }
            timestamps[size] = timestamp;
            steps[size] = step;
            values[size++] = value;
            return true;
        }

        void passTo(PointCollector collector, Series series) {
            for (int i = 0; i < size; i++) {
                collector.add(series.runId, series.key, timestamps[i], steps[i], values[i]);
            }
        }
    }

    /** Passes all points of metrics to a consumer, in the order of the metrics. */
    void read(List<Series> all, Consumer<RunMetrics> consumer) {
        PointCollector collector = new PointCollector(consumer);
        ReadAhead.each(all, this::readFirstPage, (series, result) -> {
            try {
                pass(series, result.get(), collector);
            } catch (KirokuException e) {
                if (e.code() != ErrorCode.RESOURCE_DOES_NOT_EXIST) {
                    throw e;
                }
                problems.add("Metrics of run " + series.runId
                        + " are left out: the server has deleted it for good meanwhile.");
            }
        });
        collector.end();
    }

    private FirstPage readFirstPage(Series series) {
        return server.get(GET_HISTORY, query(series, null), answer -> {
            Points points = new Points();
            boolean[] whole = {true};
            String token = HistoryParser.parse(answer, (timestamp, step, value) -> {
                whole[0] = points.add(timestamp, step, value);
                return whole[0];
            });
            return new FirstPage(points, token, whole[0]);
        });
    }

    private static Map<String, String> query(Series series, @Nullable String token) {
        Map<String, String> query = new HashMap<>();
        query.put("run_id", series.runId);
        query.put("metric_key", series.key);
        query.put("max_results", Integer.toString(PAGE_SIZE));
        if (token != null) {
            query.put("page_token", token);
        }
        return query;
    }

    private void pass(Series series, FirstPage first, PointCollector collector) {
        String token = first.nextToken;
        if (first.whole) {
            first.points.passTo(collector, series);
        } else {
            token = pass(series, query(series, null), collector);
        }
        while (token != null && !token.isEmpty()) {
            token = pass(series, query(series, token), collector);
        }
    }

    /** Passes the points of an answer, and returns the token of the next page. If the answer breaks off, it goes on with the next try. */
    private @Nullable String pass(Series series, Map<String, String> query, PointCollector collector) {
        long[] passed = {0};
        String token = server.get(GET_HISTORY, query, answer -> {
            long[] seen = {0};
            String next = HistoryParser.parse(answer, (timestamp, step, value) -> {
                if (seen[0]++ >= passed[0]) {
                    collector.add(series.runId, series.key, timestamp, step, value);
                    passed[0]++;
                }
                return true;
            });
            return next == null ? "" : next;
        });
        return token.isEmpty() ? null : token;
    }
}
