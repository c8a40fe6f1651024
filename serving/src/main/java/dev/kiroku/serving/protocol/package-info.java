/** Responses of MLflow's scoring protocol, and JSON text equal to Python's. */
@NullMarked
package dev.kiroku.serving.protocol;

import org.jspecify.annotations.NullMarked;
