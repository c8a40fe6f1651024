/** The stores of a database: how a database is named, opened and closed. */
@NullMarked
package dev.kiroku.stores;

import org.jspecify.annotations.NullMarked;
