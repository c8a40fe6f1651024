package dev.kiroku.transfer.source.tensorboard;

import dev.kiroku.model.tracking.RunStatus;

/** Receives what the events of a run contain. */
interface EventListener {
    /** Called for each event, before what it contains. */
    default void onEvent(double seconds) {}

    /** Called for a point of a scalar. */
    default void onScalar(String tag, double seconds, long step, double value) {}

    /** Called for a hyperparameter. */
    default void onParam(String name, String value) {}

    /** Called for the status of a session of the hparams plug-in. */
    default void onStatus(RunStatus status) {}

    /**
     * Called for data of another kind.
     *
     * @param kind in plural, such as {@code images}
     */
    default void onOther(String kind) {}
}
