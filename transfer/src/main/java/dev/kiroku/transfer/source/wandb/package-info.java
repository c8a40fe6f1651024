/** Run folders of Weights &amp; Biases. */
@NullMarked
package dev.kiroku.transfer.source.wandb;

import org.jspecify.annotations.NullMarked;
