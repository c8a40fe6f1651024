/** Requests and responses about the audit log. */
@NullMarked
package dev.kiroku.model.audit;

import org.jspecify.annotations.NullMarked;
