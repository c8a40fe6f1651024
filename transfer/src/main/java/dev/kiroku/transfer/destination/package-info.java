/** Where an export writes to. */
@NullMarked
package dev.kiroku.transfer.destination;

import org.jspecify.annotations.NullMarked;
