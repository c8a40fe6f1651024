package dev.kiroku.core.audit;

import dev.kiroku.model.api.Caller;

/**
 * Who makes a change, and when.
 *
 * @param at milliseconds since 1970
 */
public record ChangeContext(Caller caller, long timestamp) {}
