/** Tracking servers, MLflow or Kiroku, read over their REST API. */
@NullMarked
package dev.kiroku.transfer.source.rest;

import org.jspecify.annotations.NullMarked;
