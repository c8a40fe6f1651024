/** The records that an import or an export moves between tracking servers, and the port of the store that takes them. */
@NullMarked
package dev.kiroku.core.transfer;

import org.jspecify.annotations.NullMarked;
