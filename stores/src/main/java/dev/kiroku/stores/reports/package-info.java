/** Reports in SQL. */
@NullMarked
package dev.kiroku.stores.reports;

import org.jspecify.annotations.NullMarked;
