/** Proxied artifacts of another server. */
@NullMarked
package dev.kiroku.artifacts.http;

import org.jspecify.annotations.NullMarked;
