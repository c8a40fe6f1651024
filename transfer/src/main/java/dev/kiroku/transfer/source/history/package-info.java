/** Runs in folders with a form of our own, which is documented for whoever exports from a tracker that no other source reads. */
@NullMarked
package dev.kiroku.transfer.source.history;

import org.jspecify.annotations.NullMarked;
