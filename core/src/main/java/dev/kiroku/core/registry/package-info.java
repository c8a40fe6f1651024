/** The model registry: registered models, versions, aliases and stages. */
@NullMarked
package dev.kiroku.core.registry;

import org.jspecify.annotations.NullMarked;
