/** The API for runs that keep their ids and times: imports and synchronization. */
@NullMarked
package dev.kiroku.model.transfer;

import org.jspecify.annotations.NullMarked;
