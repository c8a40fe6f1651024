/** Experiments, runs and logged models: validation, operations and the ports to the tracking store. */
@NullMarked
package dev.kiroku.core.tracking;

import org.jspecify.annotations.NullMarked;
