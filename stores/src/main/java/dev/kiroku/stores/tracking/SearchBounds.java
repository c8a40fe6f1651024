package dev.kiroku.stores.tracking;

/**
 * When a search changes from one way to another. All ways find the same; they differ in what they cost.
 *
 * @param few with fewer runs than these a condition drives the search at once
 * @param stretch as many of the order's first entries are looked at before conditions are counted further
 * @param many with fewer runs than these a condition drives when the stretch did not fill the page
 */
public record SearchBounds(int few, int stretch, int many) {
    /** Estimated from prototypes of these tables with a million runs; docs/performance.md says what has been measured since. */
    public static final SearchBounds DEFAULT = new SearchBounds(1000, 4000, 50_000);
}
