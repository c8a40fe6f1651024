package dev.kiroku.bench.report;

import dev.kiroku.bench.load.LoadResult;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What the rounds of one scenario showed. Rounds were interleaved, so that what else the machine did fell on all alike.
 *
 * @param mlflow empty where MLflow was not measured
 * @param limit empty for what only reads
 * @param agrees whether both servers answered alike; null when there was nobody to compare with
 */
public record ScenarioResult(
        String name,
        int clients,
        List<LoadResult> kiroku,
        List<LoadResult> mlflow,
        List<LoadResult> limit,
        Boolean agrees,
        Cpu cpu) {
    /** Processor time of each server for an operation, in ms; that of PostgreSQL is not in it. @param mlflow NaN where it was not measured */
    public record Cpu(double kiroku, double mlflow) {}

    public double kirokuPerSecond() {
        return median(kiroku, LoadResult::perSecond);
    }

    public double mlflowPerSecond() {
        return median(mlflow, LoadResult::perSecond);
    }

    public double limitPerSecond() {
        return median(limit, LoadResult::perSecond);
    }

    /** Of each round the ratio of the two. */
    public double[] ratios() {
        double[] ratios = new double[Math.min(kiroku.size(), mlflow.size())];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = kiroku.get(i).perSecond() / mlflow.get(i).perSecond();
        }
        java.util.Arrays.sort(ratios);
        return ratios;
    }

    public long errors(List<LoadResult> samples) {
        return samples.stream().mapToLong(LoadResult::errors).sum();
    }

    public static double median(List<LoadResult> samples, ToDoubleFunction<LoadResult> of) {
        return median(samples.stream().mapToDouble(of).sorted().toArray());
    }

    /** @param sorted NaN comes of an empty array */
    public static double median(double... sorted) {
        int n = sorted.length;
        return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }
}
