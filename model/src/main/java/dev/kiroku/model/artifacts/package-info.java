/** Requests and responses about artifacts. */
@NullMarked
package dev.kiroku.model.artifacts;

import org.jspecify.annotations.NullMarked;
