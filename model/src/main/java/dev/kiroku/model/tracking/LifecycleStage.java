package dev.kiroku.model.tracking;

/** Whether an experiment or run is active, or deleted and can be restored. */
public enum LifecycleStage {
    ACTIVE,
    DELETED;

    /** Returns {@code active} or {@code deleted}. */
    public String wireName() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
