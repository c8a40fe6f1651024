/** Routes that stream artifacts. */
package dev.kiroku.server.artifacts;
