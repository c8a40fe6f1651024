/** Webhooks: their messages, and the delivery of messages to receivers. */
@NullMarked
package dev.kiroku.core.webhooks;

import org.jspecify.annotations.NullMarked;
