package dev.kiroku.transfer;

import dev.kiroku.transfer.artifacts.CopySummary;
import org.jspecify.annotations.Nullable;

/**
 * What was sent to a server.
 *
 * @param artifacts null if none were to be sent
 */
public record SyncSummary(ImportSummary records, @Nullable CopySummary artifacts) {
    /** Returns whether everything is on the server. */
    public boolean isClean() {
        return records.isClean() && (artifacts == null || artifacts.isClean());
    }
}
