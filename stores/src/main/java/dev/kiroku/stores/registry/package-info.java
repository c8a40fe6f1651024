/** The registry's tables: models, versions, aliases, gates and approval requests. */
@NullMarked
package dev.kiroku.stores.registry;

import org.jspecify.annotations.NullMarked;
