/** Artifacts in a folder of this machine. */
@NullMarked
package dev.kiroku.artifacts.local;

import org.jspecify.annotations.NullMarked;
