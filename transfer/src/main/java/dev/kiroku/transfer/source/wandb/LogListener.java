package dev.kiroku.transfer.source.wandb;

import dev.kiroku.transfer.source.wandb.LogParser.Item;
import java.util.List;

/** Receives the records of a run. */
interface LogListener {
    /** Called when a run begins, and when something of it changes. */
    default void onRun(RunFields run) {}

    /** Called for items of the config that were set. */
    default void onConfig(List<Item> items) {}

    /** Called for items of the config that were removed; their values are empty. */
    default void onConfigRemoved(List<Item> items) {}

    /**
     * Called for a row of the history.
     *
     * @param step of the record; an item {@code _step} says the same
     */
    default void onHistory(List<Item> items, long step) {}

    /** Called for items of the summary that were set. */
    default void onSummary(List<Item> items) {}

    /** Called for items of the summary that were removed; their values are empty. */
    default void onSummaryRemoved(List<Item> items) {}

    /** Called for measurements of the machine. */
    default void onStats(List<Item> items, long timestamp) {}

    /** Called at the end of the run. */
    default void onExit(long exitCode) {}

    /**
     * Called for other records that a user made.
     *
     * @param kind in plural, such as {@code artifacts}
     */
    default void onOther(String kind) {}
}
