/** Imports: order, resumption, conflicts and the summary. */
@NullMarked
package dev.kiroku.transfer;

import org.jspecify.annotations.NullMarked;
