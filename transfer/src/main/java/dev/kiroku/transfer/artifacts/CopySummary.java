package dev.kiroku.transfer.artifacts;

import java.util.List;

/**
 * What became of artifacts.
 *
 * @param files that were copied, or would be
 * @param bytes of these files
 * @param present files that were there already with the same size; in a comparison, with the same content
 * @param problems files and locations that were not copied, or that differ, a sentence each
 */
public record CopySummary(long files, long bytes, long present, List<String> problems) {
    /** Returns whether everything is there. */
    public boolean isClean() {
        return problems.isEmpty();
    }
}
