/** Webhooks and their deliveries in SQL. */
@NullMarked
package dev.kiroku.stores.webhooks;

import org.jspecify.annotations.NullMarked;
