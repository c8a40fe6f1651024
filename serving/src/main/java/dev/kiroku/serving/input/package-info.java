/** Request bodies, parsed into typed columns. */
@NullMarked
package dev.kiroku.serving.input;

import org.jspecify.annotations.NullMarked;
