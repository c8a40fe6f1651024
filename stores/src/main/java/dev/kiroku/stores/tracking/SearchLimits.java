package dev.kiroku.stores.tracking;

/**
 * When a search changes from one way to another. All ways find the same; they differ in what they cost.
 *
 * @param few with fewer runs than these a condition drives the search at once
 * @param glance as many of the order's first entries are looked at, to learn how many of them satisfy the conditions
 * @param stretch as many are looked at further when the glance promises that the page will be full
 * @param many with fewer runs than these a condition drives when the page was not full by then
 * @param merged a condition whose index has the runs in the same order as the driver's is merged with it when it has no more than so many
 *     times its runs: to read on in an index costs so much less than to look a run up
 */
public record SearchLimits(int driveAtOnceBelow, int shortScan, int longScan, int driveBelow, int mergeFactor) {
    /** Measured with a million runs in SQLite: 0.1 µs to read an entry on, 0.8 µs to look a run's value up, 2 µs for a step of a walk. */
    public static final SearchLimits DEFAULT = new SearchLimits(1000, 500, 4000, 64_000, 8);
}
