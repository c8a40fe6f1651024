/** Error codes, exceptions and values that all modules use. */
@NullMarked
package dev.kiroku.model;

import org.jspecify.annotations.NullMarked;
