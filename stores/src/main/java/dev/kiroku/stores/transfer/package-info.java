/** Imports in SQL: records with the ids, times and lifecycle of their source. */
@NullMarked
package dev.kiroku.stores.transfer;

import org.jspecify.annotations.NullMarked;
