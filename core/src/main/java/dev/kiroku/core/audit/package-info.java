/** The audit log: its entries, their hash chain and its verification. */
@NullMarked
package dev.kiroku.core.audit;

import org.jspecify.annotations.NullMarked;
