/** Event files of TensorBoard. */
@NullMarked
package dev.kiroku.transfer.source.tensorboard;

import org.jspecify.annotations.NullMarked;
