/** Reports with their versions. */
@NullMarked
package dev.kiroku.core.reports;

import org.jspecify.annotations.NullMarked;
