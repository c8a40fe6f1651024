/** Files of this machine: what Kiroku creates for itself alone, and errors in words. */
@NullMarked
package dev.kiroku.core.files;

import org.jspecify.annotations.NullMarked;
