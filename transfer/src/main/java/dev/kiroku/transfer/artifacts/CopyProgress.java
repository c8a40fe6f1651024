package dev.kiroku.transfer.artifacts;

/** Listens to copies. Called by several threads. */
public interface CopyProgress {
    /**
     * Called after each piece of a file.
     *
     * @param files that are copied
     * @param bytes of these, and of those that are being copied
     */
    default void onCopied(long files, long bytes) {}

    /** Returns whether to stop. Files that are not complete then do not become visible. */
    default boolean isCancelled() {
        return false;
    }
}
