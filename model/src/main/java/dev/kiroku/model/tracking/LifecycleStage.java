package dev.kiroku.model.tracking;

/** Whether an experiment or a run is in use, or deleted and still restorable. */
public enum LifecycleStage {
    ACTIVE,
    DELETED;

    /** The word on the wire: {@code active} or {@code deleted}. */
    public String wireName() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
