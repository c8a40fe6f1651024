/** YAML with limits. */
@NullMarked
package dev.kiroku.core.yaml;

import org.jspecify.annotations.NullMarked;
