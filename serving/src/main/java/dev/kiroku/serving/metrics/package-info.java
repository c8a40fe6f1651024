/** Metrics of the model server. */
@NullMarked
package dev.kiroku.serving.metrics;

import org.jspecify.annotations.NullMarked;
