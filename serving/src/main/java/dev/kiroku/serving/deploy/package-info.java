/** Models in service: loading versions, following aliases, canaries and shadows, and several models in one server. */
@NullMarked
package dev.kiroku.serving.deploy;

import org.jspecify.annotations.NullMarked;
