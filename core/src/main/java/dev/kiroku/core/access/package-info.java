/** Access control: what grants allow, roles, and the administration of both. */
@NullMarked
package dev.kiroku.core.access;

import org.jspecify.annotations.NullMarked;
