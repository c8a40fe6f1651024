package dev.kiroku.bench.report;

import dev.kiroku.bench.load.LoadResult;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The results of a scenario's rounds. The rounds of the servers are interleaved, so that other load on the machine affects both.
 *
 * @param mlflow empty if MLflow was not measured
 * @param limit empty for scenarios that only read
 * @param agrees whether the responses of both servers are equal; null if MLflow was not measured
 */
public record ScenarioResult(
        String name,
        int clients,
        List<LoadResult> kiroku,
        List<LoadResult> mlflow,
        List<LoadResult> limit,
        Boolean agrees,
        Cpu cpu) {
    /** CPU time of each server per operation in ms, without PostgreSQL's. @param mlflow NaN if it was not measured */
    public record Cpu(double kiroku, double mlflow) {}

    /** Returns the median of Kiroku's operations per second. */
    public double kirokuPerSecond() {
        return median(kiroku, LoadResult::perSecond);
    }

    /** Returns the median of MLflow's operations per second. */
    public double mlflowPerSecond() {
        return median(mlflow, LoadResult::perSecond);
    }

    /** Returns the median of the store's own operations per second. */
    public double limitPerSecond() {
        return median(limit, LoadResult::perSecond);
    }

    /** Returns the ratio of Kiroku's to MLflow's rate for each round, sorted. */
    public double[] ratios() {
        double[] ratios = new double[Math.min(kiroku.size(), mlflow.size())];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = kiroku.get(i).perSecond() / mlflow.get(i).perSecond();
        }
        java.util.Arrays.sort(ratios);
        return ratios;
    }

    /** Returns the number of failed operations in all samples. */
    public long errors(List<LoadResult> samples) {
        return samples.stream().mapToLong(LoadResult::errors).sum();
    }

    /** Returns the median of a figure over samples; NaN if there are none. */
    public static double median(List<LoadResult> samples, ToDoubleFunction<LoadResult> of) {
        return median(samples.stream().mapToDouble(of).sorted().toArray());
    }

    /** Returns the median of sorted values, or NaN if there are none. */
    public static double median(double... sorted) {
        int n = sorted.length;
        return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }
}
