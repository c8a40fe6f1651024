/** A database of Kiroku, read over its stores. */
@NullMarked
package dev.kiroku.transfer.source.store;

import org.jspecify.annotations.NullMarked;
