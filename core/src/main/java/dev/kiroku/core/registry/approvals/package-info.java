/** Assignments of aliases and stages, and the approval requests for them. */
@NullMarked
package dev.kiroku.core.registry.approvals;

import org.jspecify.annotations.NullMarked;
