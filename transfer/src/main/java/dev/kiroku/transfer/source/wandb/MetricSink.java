package dev.kiroku.transfer.source.wandb;

/** Takes metric points. */
interface MetricSink {
    /** Ignores them. */
    MetricSink NONE = (key, timestamp, step, value) -> {};

    /** Takes a point; its time is in milliseconds since 1970. */
    void add(String key, long timestamp, long step, double value);
}
