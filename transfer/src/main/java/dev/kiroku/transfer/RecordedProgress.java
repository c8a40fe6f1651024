package dev.kiroku.transfer;

import dev.kiroku.core.transfer.ImportRecorder;
import dev.kiroku.core.transfer.ImportRecorder.Outcome;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.TransferResult.Conflict;
import dev.kiroku.core.transfer.TransferResult.Count;
import dev.kiroku.model.transfer.ServerImport;
import dev.kiroku.transfer.source.Inventory;
import java.util.Collection;
import java.util.List;

/**
 * Records the progress of an import, and passes it on.
 *
 * @param listener is told the same, and may cancel the import too
 */
public record RecordedProgress(ImportRecorder recorder, ImportProgress listener) implements ImportProgress {
    private static final int MAX_LISTED = 100;
    private static final int MAX_LENGTH = 1000;

    @Override
    public void onStart(String source, Inventory inventory) {
        recorder.onSource(
                source,
                inventory.counts().get(RecordKind.RUN),
                inventory.counts().get(RecordKind.METRIC_POINT),
                inventory.left());
        listener.onStart(source, inventory);
    }

    @Override
    public void onBatch(long runs, long points) {
        recorder.onProgress(runs, points);
        listener.onBatch(runs, points);
    }

    @Override
    public void onExperiments(Collection<Long> experimentIds) {
        recorder.onExperiments(experimentIds);
        listener.onExperiments(experimentIds);
    }

    @Override
    public boolean isCancelled() {
        return recorder.isCancelled() || listener.isCancelled();
    }

    /** Returns what to record of a summary: the first problems and conflicts, and the number of all. */
    public static Outcome outcome(ImportSummary summary) {
        List<Count> counts = summary.result().counts();
        List<Conflict> conflicts = summary.result().conflicts();
        return new Outcome(
                new ServerImport.Summary(
                        counts.stream()
                                .map(count -> new ServerImport.Count(
                                        count.kind().name(), count.added(), count.updated(), count.unchanged()))
                                .toList(),
                        first(summary.left()),
                        first(summary.problems()),
                        (long) summary.problems().size(),
                        first(conflicts.stream().map(Conflict::reason).toList()),
                        (long) conflicts.size()),
                summary.complete());
    }

    private static List<String> first(List<String> all) {
        return all.stream()
                .limit(MAX_LISTED)
                .map(line -> line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + " …" : line)
                .toList();
    }
}
