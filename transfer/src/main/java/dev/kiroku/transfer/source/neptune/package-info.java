/** Archives that neptune-exporter made. */
@NullMarked
package dev.kiroku.transfer.source.neptune;

import org.jspecify.annotations.NullMarked;
