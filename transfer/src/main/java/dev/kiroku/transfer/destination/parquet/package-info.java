/** Files in the Parquet format. */
@NullMarked
package dev.kiroku.transfer.destination.parquet;

import org.jspecify.annotations.NullMarked;
