/** A reader of Parquet files, for those that other trackers' exports consist of. */
@NullMarked
package dev.kiroku.transfer.source.parquet;

import org.jspecify.annotations.NullMarked;
