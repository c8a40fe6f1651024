package dev.kiroku.bench.load;

/**
 * What one burst of load showed.
 *
 * @param perSecond operations a second
 * @param p50 milliseconds
 * @param p99 milliseconds
 * @param firstError null when there was none
 */
public record LoadResult(double perSecond, double p50, double p99, long operations, long errors, String firstError) {}
