/** Copies of the artifacts of imported records. */
@NullMarked
package dev.kiroku.transfer.artifacts;

import org.jspecify.annotations.NullMarked;
