/** Where an import reads from. */
@NullMarked
package dev.kiroku.transfer.source;

import org.jspecify.annotations.NullMarked;
