/** Artifacts: the port to artifact stores, and the operations on artifacts of runs, logged models and {@code mlflow-artifacts:} URIs. */
@NullMarked
package dev.kiroku.core.artifacts;

import org.jspecify.annotations.NullMarked;
