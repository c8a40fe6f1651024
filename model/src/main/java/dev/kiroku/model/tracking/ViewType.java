package dev.kiroku.model.tracking;

/** The lifecycle stages that a search includes. */
public enum ViewType {
    ACTIVE_ONLY,
    DELETED_ONLY,
    ALL;

    /** Returns whether the search includes experiments or runs in {@code stage}. */
    public boolean shows(LifecycleStage stage) {
        return this == ALL || (this == ACTIVE_ONLY) == (stage == LifecycleStage.ACTIVE);
    }
}
