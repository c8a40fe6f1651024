package dev.kiroku.transfer.source;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.core.transfer.WebhookRecord;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Where an import reads from. It is only read, and may change meanwhile: an import that begins later brings what is new. Used by one thread.
 *
 * <p>Records that cannot be read, such as half-written files, are left out and reported as {@link #problems}.
 *
 * @throws dev.kiroku.model.KirokuException from all methods if the source cannot be read at all
 */
public interface TransferSource extends AutoCloseable {
    /** Points of one {@link RunMetrics} at most, which bounds the memory of an import. */
    int MAX_POINTS = 131_072;

    /** Returns what the source is, such as {@code MLflow 3.1 database sqlite:///mlflow.db}; without a password. */
    String description();

    /** Returns how much there is. */
    Inventory inventory();

    /** Returns all experiments, deleted ones too. */
    List<ExperimentRecord> experiments();

    /** Returns the runs of experiments, deleted ones too, in pages of at most some hundred runs. */
    Iterator<List<RunRecord>> runs(Collection<Long> experimentIds);

    /**
     * Passes the metric points of runs to a consumer, run by run. A run with more than {@link #MAX_POINTS} comes in several parts, and a run
     * without points not at all.
     */
    void readMetrics(List<RunRecord> runs, Consumer<RunMetrics> consumer);

    /** Returns the logged models of experiments, deleted ones too, in pages. */
    Iterator<List<LoggedModelRecord>> loggedModels(Collection<Long> experimentIds);

    /** Returns the registered models and prompts, in pages. */
    Iterator<List<RegisteredModelRecord>> registeredModels();

    /** Returns the webhooks. */
    default List<WebhookRecord> webhooks() {
        return List.of();
    }

    /** Returns the places of artifacts that belong to the source itself. The caller closes them. */
    default List<ArtifactRoot> artifactRoots() {
        return List.of();
    }

    /**
     * Returns whether experiments have IDs. Otherwise {@link #experiments} numbers them, and an import brings each into the experiment of its name, or
     * into a new one.
     */
    default boolean hasExperimentIds() {
        return true;
    }

    /** Returns what an import leaves that shows only while runs are read, besides what is in {@link Inventory#left}. */
    default List<String> left() {
        return List.of();
    }

    /** Returns whether records can have artifacts at other places than {@link #artifactRoots}. If not, those without artifacts there have none. */
    default boolean hasArtifactsElsewhere() {
        return true;
    }

    /** Returns what was left out so far, a sentence each. */
    default List<String> problems() {
        return List.of();
    }

    @Override
    void close();
}
