/** Requests and responses about reports. */
@NullMarked
package dev.kiroku.model.reports;

import org.jspecify.annotations.NullMarked;
