/** What access to resources is decided on, in SQL. */
@NullMarked
package dev.kiroku.stores.guard;

import org.jspecify.annotations.NullMarked;
