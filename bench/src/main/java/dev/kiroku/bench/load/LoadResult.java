package dev.kiroku.bench.load;

/**
 * The result of a load.
 *
 * @param perSecond operations per second
 * @param p50 median latency in milliseconds
 * @param p99 99th percentile of latency in milliseconds
 * @param firstError the first error, or null
 */
public record LoadResult(double perSecond, double p50, double p99, long operations, long errors, String firstError) {}
