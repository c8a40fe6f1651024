/** The language of search filters, orders and conditions of gates. */
@NullMarked
package dev.kiroku.core.search;

import org.jspecify.annotations.NullMarked;
