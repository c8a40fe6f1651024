/** The artifact stores that the operator has configured. */
@NullMarked
package dev.kiroku.artifacts;

import org.jspecify.annotations.NullMarked;
