/** Network addresses. */
@NullMarked
package dev.kiroku.core.net;

import org.jspecify.annotations.NullMarked;
