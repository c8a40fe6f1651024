package dev.kiroku.stores.tracking;

/**
 * The limits at which {@link RunSearch} changes its strategy. They affect the cost of a search, not its result.
 *
 * @param driveAtOnceBelow a condition with fewer runs drives the search at once
 * @param shortScan the entries of the order's index that are scanned first, to estimate how many of them satisfy the conditions
 * @param longScan the entries that are scanned next if the first scan promises a full page
 * @param driveBelow a condition with fewer runs drives the search if the scans did not fill the page
 * @param mergeFactor a condition whose index is sorted by run key is merged with the driving one if it has at most this many times its runs:
 *     reading the next entry of an index is that much cheaper than looking up a run
 */
public record SearchLimits(int driveAtOnceBelow, int shortScan, int longScan, int driveBelow, int mergeFactor) {
    /** Measured with a million runs in SQLite: 0.1 µs for the next entry of an index, 0.8 µs for a lookup, 2 µs for a scanned run. */
    public static final SearchLimits DEFAULT = new SearchLimits(1000, 500, 4000, 64_000, 8);
}
