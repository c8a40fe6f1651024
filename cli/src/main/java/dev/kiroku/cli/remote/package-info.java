/** Calls of a tracking server, and the presentation of its responses on a terminal. */
package dev.kiroku.cli.remote;
