/** Experiments, runs, metrics and logged models in SQL. */
@NullMarked
package dev.kiroku.stores.tracking;

import org.jspecify.annotations.NullMarked;
