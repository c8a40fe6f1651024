package dev.kiroku.model.tracking;

/**
 * A logged model that a run created.
 *
 * @param step the training step; 0 if a client names none
 */
public record ModelOutput(String modelId, Long step) {
    public ModelOutput {
        step = step == null ? 0 : step;
    }
}
