package dev.kiroku.model.tracking;

/** The status of a run. In the order of the protocol's numbers, from 1. */
public enum RunStatus {
    RUNNING,
    SCHEDULED,
    FINISHED,
    FAILED,
    KILLED;

    /** Returns whether the run has ended. */
    public boolean isTerminal() {
        return this != RUNNING && this != SCHEDULED;
    }
}
