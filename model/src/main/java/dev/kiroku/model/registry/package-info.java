/** Requests, responses and entities of the model registry: registered models, versions, gates and approval requests. */
@NullMarked
package dev.kiroku.model.registry;

import org.jspecify.annotations.NullMarked;
