/** Requests and responses about users. */
@NullMarked
package dev.kiroku.model.users;

import org.jspecify.annotations.NullMarked;
