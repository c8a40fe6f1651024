/** Access to resources: types of resources, levels, patterns, grants and decisions. */
@NullMarked
package dev.kiroku.model.access;

import org.jspecify.annotations.NullMarked;
