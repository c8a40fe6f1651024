/** Requests, responses and entities of the tracking server: experiments, runs and logged models. */
@NullMarked
package dev.kiroku.model.tracking;

import org.jspecify.annotations.NullMarked;
