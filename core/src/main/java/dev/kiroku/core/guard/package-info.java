/** The check of every request: which resources it names, and whether the caller may do to them what it asks for. */
@NullMarked
package dev.kiroku.core.guard;

import org.jspecify.annotations.NullMarked;
