package dev.kiroku.model.tracking;

/** A logged model that a run made, and at which step of its training. */
public record ModelOutput(String modelId, Long step) {
    public ModelOutput {
        step = step == null ? 0 : step;
    }
}
