package dev.kiroku.transfer;

import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.core.transfer.TransferBatch;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.core.transfer.TransferStore;
import dev.kiroku.core.transfer.TransferStore.StoredRun;
import dev.kiroku.transfer.source.ArtifactRoot;
import dev.kiroku.transfer.source.TransferSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Moves runs and their metric points, page by page. Points of a run are read only if the source has another number of them than the store: a
 * second import of an unchanged source reads none.
 */
final class RunTransfer {
    private final TransferSource source;
    private final TransferStore store;
    private final Map<Long, Long> experimentIds;
    private final ImportProgress progress;
    private final UnaryOperator<RunRecord> change;
    private long runs;
    private long points;

    /** @param experimentIds the ids in the store of the experiments to import, by their ids in the source */
    RunTransfer(TransferSource source, TransferStore store, Map<Long, Long> experimentIds, ImportProgress progress) {
        this(source, store, experimentIds, progress, UnaryOperator.identity());
    }

    /** @param change of each run, in its experiment of the store */
    RunTransfer(
            TransferSource source,
            TransferStore store,
            Map<Long, Long> experimentIds,
            ImportProgress progress,
            UnaryOperator<RunRecord> change) {
        this.source = source;
        this.store = store;
        this.experimentIds = experimentIds;
        this.progress = progress;
        this.change = change;
    }

    private Iterator<List<RunRecord>> pages() {
        return experimentIds.isEmpty() ? List.<List<RunRecord>>of().iterator() : source.runs(experimentIds.keySet());
    }

    private List<RunRecord> mapped(List<RunRecord> page) {
        return page.stream()
                .map(run -> run.in(Objects.requireNonNull(experimentIds.get(run.experimentId()))))
                .map(run -> change.apply(run.artifactUri().isEmpty() ? withDefaultArtifactUri(run) : run))
                .toList();
    }

    /** Returns a run that has no artifacts in its source with a place for those that are logged to it later. */
    private static RunRecord withDefaultArtifactUri(RunRecord run) {
        return run.withArtifactUri("%s%d/%s/artifacts".formatted(ArtifactRoot.PROXIED, run.experimentId(), run.id()));
    }

    private Map<String, StoredRun> findStored(List<RunRecord> page) {
        return store.findRuns(page);
    }

    /** Moves them all. */
    TransferResult run() {
        try (BatchWriter writer = new BatchWriter(store)) {
            Iterator<List<RunRecord>> pages = pages();
            while (!progress.isCancelled() && pages.hasNext()) {
                List<RunRecord> page = mapped(pages.next());
                Map<String, StoredRun> stored = findStored(page);
                progress.onExperiments(
                        page.stream().map(RunRecord::experimentId).collect(Collectors.toSet()));
                writer.write(TransferBatch.ofRuns(page, List.of()));
                MetricBatches batches = new MetricBatches(writer, stored);
                source.readMetrics(
                        page.stream().filter(run -> isIncomplete(run, stored)).toList(), batches);
                batches.flush();
                runs += page.size();
                points += page.stream()
                        .filter(run -> !isIncomplete(run, stored))
                        .mapToLong(RunRecord::metricPoints)
                        .sum();
                progress.onBatch(runs, points);
            }
            return writer.finish();
        }
    }

    private static boolean isIncomplete(RunRecord run, Map<String, StoredRun> stored) {
        StoredRun present = stored.get(run.id());
        return present == null
                || present.experimentId() == run.experimentId() && present.points() != run.metricPoints();
    }

    /** Groups the points of small runs into batches. */
    private final class MetricBatches implements Consumer<RunMetrics> {
        private final BatchWriter writer;
        private final Map<String, StoredRun> stored;
        private List<RunMetrics> batch = new ArrayList<>();
        private long size;

        MetricBatches(BatchWriter writer, Map<String, StoredRun> stored) {
            this.writer = writer;
            this.stored = stored;
        }

        @Override
        public void accept(RunMetrics metrics) {
            StoredRun present = stored.get(metrics.runId());
            boolean compare = present != null && present.points() > 0;
            if (size + metrics.size() > TransferSource.MAX_POINTS) {
                flush();
            }
            batch.add(new RunMetrics(metrics.runId(), metrics.series(), compare));
            size += metrics.size();
        }

        void flush() {
            if (size > 0) {
                writer.write(TransferBatch.ofRuns(List.of(), batch));
                points += size;
                progress.onBatch(runs, points);
                batch = new ArrayList<>();
                size = 0;
            }
        }
    }

    /** Counts what {@link #run} would do, from the numbers of points. */
    TransferResult count() {
        TransferResult total = TransferResult.NONE;
        Iterator<List<RunRecord>> pages = pages();
        while (!progress.isCancelled() && pages.hasNext()) {
            List<RunRecord> page = mapped(pages.next());
            Map<String, StoredRun> stored = findStored(page);
            TransferResult.Builder counted = new TransferResult.Builder();
            for (RunRecord run : page) {
                StoredRun present = stored.get(run.id());
                long before = present == null ? 0 : present.points();
                long offered = Math.max(0, run.metricPoints());
                counted.added(RecordKind.METRIC_POINT, Math.max(0, offered - before));
                counted.unchanged(RecordKind.METRIC_POINT, Math.min(offered, before));
                points += offered;
            }
            total = total.plus(store.check(TransferBatch.ofRuns(page, List.of())))
                    .plus(counted.build());
            runs += page.size();
            progress.onBatch(runs, points);
        }
        return total;
    }
}
