/** The folder {@code mlruns} of MLflow's file store. */
@NullMarked
package dev.kiroku.transfer.source.files;

import org.jspecify.annotations.NullMarked;
