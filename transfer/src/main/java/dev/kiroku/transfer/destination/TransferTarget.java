package dev.kiroku.transfer.destination;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import java.util.List;

/**
 * Where an export writes to. Methods are called in the order of their declaration; {@link #runs}, {@link #metrics} and {@link #endRuns} once for each
 * page of runs. Writing a record twice has the effect of writing it once, so that an export that was interrupted can begin again. Used by one thread.
 *
 * @throws dev.kiroku.model.KirokuException from all methods if the target refuses a record or cannot be written
 */
public interface TransferTarget extends AutoCloseable {
    /** Returns what the target is, without a password. */
    String description();

    /** Writes experiments. */
    void experiments(List<ExperimentRecord> experiments);

    /** Writes runs without their metric points. */
    void runs(List<RunRecord> runs);

    /** Writes metric points of one of these runs. */
    void metrics(RunMetrics metrics);

    /** Ends a page of runs: all of their metric points have been written. */
    void endRuns();

    /** Writes logged models. */
    void loggedModels(List<LoggedModelRecord> models);

    /** Writes registered models with their versions. */
    void registeredModels(List<RegisteredModelRecord> models);

    /** Makes what was written complete. Without this call, for example after a failure, readers may see a part. */
    void finish();

    @Override
    void close();
}
