/** The audit log in SQL. */
@NullMarked
package dev.kiroku.stores.audit;

import org.jspecify.annotations.NullMarked;
