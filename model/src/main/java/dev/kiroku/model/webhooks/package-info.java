/** Requests, responses and entities of webhooks. */
@NullMarked
package dev.kiroku.model.webhooks;

import org.jspecify.annotations.NullMarked;
