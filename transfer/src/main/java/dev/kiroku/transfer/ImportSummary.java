package dev.kiroku.transfer;

import dev.kiroku.core.transfer.TransferResult;
import java.time.Duration;
import java.util.List;

/**
 * What an import did, or would do.
 *
 * @param source its description
 * @param left what the source has and an import leaves
 * @param problems records that could not be read
 * @param complete false if the import was cancelled
 */
public record ImportSummary(
        String source,
        TransferResult result,
        List<String> left,
        List<String> problems,
        Duration duration,
        boolean complete) {
    /** Returns whether everything that an import can bring is in the store. */
    public boolean isClean() {
        return complete && result.conflicts().isEmpty() && problems.isEmpty();
    }
}
