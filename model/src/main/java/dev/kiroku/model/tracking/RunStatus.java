package dev.kiroku.model.tracking;

/** What a run is doing. The order is the protocol's numbering, from 1. */
public enum RunStatus {
    RUNNING,
    SCHEDULED,
    FINISHED,
    FAILED,
    KILLED;

    /** Whether a run that has come to it does no more. */
    public boolean isTerminal() {
        return this != RUNNING && this != SCHEDULED;
    }
}
