/** The registry's port to a database: transactions, rows and values that core and stores share. */
@NullMarked
package dev.kiroku.core.registry.store;

import org.jspecify.annotations.NullMarked;
