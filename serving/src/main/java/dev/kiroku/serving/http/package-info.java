/** The HTTP interface of the model server: MLflow's scoring protocol, health checks and metrics. */
@NullMarked
package dev.kiroku.serving.http;

import org.jspecify.annotations.NullMarked;
