/** Endpoints as values: paths, request and response records, and the resources that they touch. */
@NullMarked
package dev.kiroku.model.api;

import org.jspecify.annotations.NullMarked;
