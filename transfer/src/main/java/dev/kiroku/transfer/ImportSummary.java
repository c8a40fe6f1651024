package dev.kiroku.transfer;

import dev.kiroku.core.transfer.TransferResult;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

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
    /** Returns both summaries as one. */
    public ImportSummary plus(ImportSummary other) {
        return new ImportSummary(
                source + " and " + other.source,
                result.plus(other.result),
                concat(left, other.left),
                concat(problems, other.problems),
                duration.plus(other.duration),
                complete && other.complete);
    }

    private static List<String> concat(List<String> one, List<String> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }

    /** Returns whether everything that an import can bring is in the store. */
    public boolean isClean() {
        return complete && result.conflicts().isEmpty() && problems.isEmpty();
    }
}
